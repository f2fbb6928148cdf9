"""The table as data: what `akses.txt` says, and what follows for everybody it does not name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("akses.txt")
PEOPLE = "VNKCDFAHSLPIUMRT"
VISITOR = "V"
OK, SAME, NONE, SIGN_IN, MISSING, DENIED = "ok", "same", "none", "sign in", "404", "403"
ANSWERS = {OK, SAME, NONE, DENIED, "409", "422"}
_ROUTE = re.compile(r"(GET|POST|PUT|PATCH|DELETE) ([\w.]+)  door ([A-Z]+)")
_LINE = re.compile(r"  (\w+)(?: +(.*))?")
_PART = re.compile(r"(\w+) ([A-Z]+)")


class Unreadable(ValueError):
    """A line of the table that says nothing sensible."""


@dataclass(frozen=True)
class Cell:
    """One person trying one route on one thing."""

    method: str
    endpoint: str
    relation: str
    person: str
    answer: str

    @property
    def guarded(self) -> bool:
        """Whether it is the thing itself that is kept from the person."""
        return self.answer in (MISSING, DENIED)

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint} [{self.relation}] by {self.person}: {self.answer}"


@dataclass
class Route:
    """A block of the table: who may enter at all, and by relation who gets which answer."""

    method: str
    endpoint: str
    door: str
    chapter: str
    lines: dict[str, dict[str, str]] = field(default_factory=dict)  # relation → person → answer

    @property
    def name(self) -> str:
        return f"{self.method} {self.endpoint}"

    def answer(self, relation: str, person: str) -> str:
        """What the person gets: as named, else by the rule at the head of the table."""
        named = self.lines[relation].get(person)
        if named is not None:
            return named
        if person in self.door:
            return MISSING
        return SIGN_IN if person == VISITOR else DENIED

    @property
    def guards(self) -> bool:
        """Whether somebody who may enter does not get everything."""
        return any(cell.guarded for person in self.door for cell in self.cells_of(person))

    def at_the_door(self, person: str) -> bool:
        """Whether the person is turned away before it matters what was asked for."""
        return person not in self.door

    def cells_of(self, person: str) -> Iterator[Cell]:
        """The cells of one person. Who is turned away at the door is, whatever was asked for: the first thing and the
        last of the table stand for all of them.
        """
        relations = list(self.lines)
        for relation in dict.fromkeys((relations[0], relations[-1])) if self.at_the_door(person) else relations:
            yield Cell(self.method, self.endpoint, relation, person, self.answer(relation, person))


@cache
def routes() -> tuple[Route, ...]:
    """The whole table. Raises `Unreadable`, naming the line."""
    return tuple(read(FILE.read_text(encoding="utf-8")))


def read(text: str) -> list[Route]:
    """Read a table. Raises `Unreadable`."""
    found: list[Route] = []
    chapter = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("="):
            chapter = line.strip("= ")
        elif head := _ROUTE.fullmatch(line):
            found.append(Route(head[1], head[2], _letters(head[3], number), chapter))
        elif (body := _LINE.fullmatch(line)) and found:
            _add(found[-1], body[1], _named(body[2] or "", number), number)
        else:
            raise Unreadable(f"line {number}: {line}")
    return found


def _add(route: Route, relation: str, named: dict[str, str], number: int) -> None:
    if relation in route.lines:
        raise Unreadable(f"line {number}: {relation} is said twice")
    strangers = {one for one, answer in named.items() if one not in route.door}
    if strangers:
        raise Unreadable(f"line {number}: {strangers} are not at the door")
    route.lines[relation] = named


def _named(said: str, number: int) -> dict[str, str]:
    named: dict[str, str] = {}
    for part in filter(None, (one.strip() for one in said.split("|"))):
        read = _PART.fullmatch(part)
        if read is None or read[1] not in ANSWERS or set(named) & set(read[2]):
            raise Unreadable(f"line {number}: {part}")
        named |= dict.fromkeys(_letters(read[2], number), read[1])
    return named


def _letters(said: str, number: int) -> str:
    if not set(said) <= set(PEOPLE) or len(set(said)) != len(said):
        raise Unreadable(f"line {number}: who is {said}?")
    return said
