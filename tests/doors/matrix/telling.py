"""What an answer tells: the words, names and ids of the world that stand in it, and who may read each of them.

Cases and periods follow the table (who may open their page); the rest is said here, by hand.
"""

from __future__ import annotations

import re
from functools import cache

from tests.doors.matrix.table import OK, PEOPLE, VISITOR, routes
from tests.doors.matrix.world import World

_WORD = re.compile(r"kata-(\w+)-([a-z-]+)-tamat")
_NAME = re.compile(r"Nama-(\w+)")
_ID = re.compile(r"(?<!\d)7[1-5]0000\d\d(?!\d)")
_OF_CASE = {"judul", "uraian", "catatan", "foto"}
_NOBODY = frozenset("")
_WITH_POST = frozenset(PEOPLE) - {VISITOR, "N"}
_TEAM = frozenset("DFAHSLPIUMT")
# Statements are read by who claimed and who scores; that there is a claim, also by who sees the gate.
CLAIMS = {
    "waiting": "CAP", "proven": "CAP", "final": "CAP", "neighbour": "AP", "elsewhere": "PT", "theirs": "PT", "away": "",
    "paired": "CAP", "disputed": "CAP", "neighbour_bare": "AP", "neighbour_disputed": "AP",
    "elsewhere_apart": "PT", "elsewhere_aside": "PT",
}  # fmt: skip
AT_THE_GATE = dict.fromkeys(
    ("waiting", "proven", "final", "neighbour", "paired", "disputed", "neighbour_bare", "neighbour_disputed"), "HSU"
)
IMPORTS = {"camat": "C", "theirs": "T", "neighbour": "", "away": ""}
# Names stand in the histories of cases, in the list of people and in the trail.
NAMES = {
    "neighbour": _TEAM, "elsewhere": frozenset("PT"), "theirs": frozenset("PT"), "away": _NOBODY,
    "shared": frozenset("MUT"), "closed": frozenset("MU"), "N": frozenset("MU"), "T": frozenset("MUT"),
}  # fmt: skip
# The history says that there is a draft, not what it says: auditors (T in the next city) read its number there.
IN_THE_TRAIL = {"draft": "U", "withdrawn": "U", "neighbour_draft": "U", "elsewhere_draft": "T"}
# Accounts are managed by the administrator; the auditor's trail names them. Chair and secretariat choose assessors.
ACCOUNTS = {
    **dict.fromkeys(("A", "assessor", "second"), frozenset("MUHS")),
    "elsewhere": frozenset("T"),
    "theirs": frozenset("T"),
    "away": _NOBODY,
    "shared": frozenset("MUT"),
    "P": frozenset("MUST"),  # the secretariat notes who heard a presentation
}
CAN_BE_SENT = {"F": "S", "field": "S"}  # the secretariat chooses who goes into the field
SCORE = re.compile(r"77[.,]13")  # what another assessor gave
SCORES_READ_BY = frozenset("HLUT")


@cache
def _pages() -> dict[str, dict[str, frozenset[str]]]:
    """By kind of thing, its relations and who may open its page."""
    table = {one.name: one for one in routes()}
    return {
        kind: {
            relation: frozenset(one for one in PEOPLE if table[page].answer(relation, one) == OK)
            for relation in table[page].lines
        }
        for kind, page in (("case", "GET evidence.show"), ("period", "GET programme.show"))
    }


def readers_of_word(kind: str, name: str) -> frozenset[str]:
    """Who may read what a thing says."""
    if kind in _OF_CASE:
        return _pages()["case"][name]
    if kind == "tempat":  # where somebody is heard is no secret within the period
        return _pages()["period"].get("open" if name == "heard" else name, _NOBODY)
    if kind == "impor":
        return frozenset(IMPORTS[name])
    if kind == "periode":
        return _pages()["period"].get(name, _NOBODY)
    return frozenset(CLAIMS[name]) if kind == "klaim" else _NOBODY  # the words beside a score are their writer's


def readers_of_name(name: str) -> frozenset[str]:
    return NAMES.get(name.split("_")[0], _WITH_POST) | {name}


class Index:
    """Who may read each id of a world."""

    def __init__(self, world: World) -> None:
        cases, periods = _pages()["case"], _pages()["period"]
        self.readers: dict[str, tuple[str, frozenset[str]]] = {}
        for name, number in world.cases.items():
            self._add(number, f"case {name}", cases[name] | set(IN_THE_TRAIL.get(name, "")))
        for name, number in world.photos.items():
            of = {"visit": "visited", "removed": "draft"}.get(name, name)
            self._add(number, f"photo {name}", cases[of] | set(IN_THE_TRAIL.get(of, "")))
        for name, number in world.claims.items():
            self._add(number, f"claim {name}", frozenset(CLAIMS[name] + AT_THE_GATE.get(name, "")))
        for name, number in world.periods.items():
            self._add(number, f"period {name}", periods.get(name, _NOBODY))
        for name, person in world.people.items():
            own = ACCOUNTS.get(name.split("_")[0], frozenset("MU")) | {name} | set(CAN_BE_SENT.get(name, ""))
            self._add(person.id, f"account {name}", own | ({"T"} if name == "T" else set()))

    def _add(self, number: int, what: str, readers: frozenset[str]) -> None:
        self.readers[str(number)] = (what, readers)

    def told(self, person: str, text: str, asked: str = "") -> set[str]:
        """What stands in a text that this person may not read; ids they have sent themselves tell nothing."""
        found = {word[0] for word in _WORD.finditer(text) if person not in _word_readers(word)}
        found |= {name[0] for name in _NAME.finditer(text) if person not in readers_of_name(name[1])}
        for number in set(_ID.findall(text)):
            what, readers = self.readers.get(number, (number, frozenset(PEOPLE)))
            if person not in readers and number not in asked:
                found.add(what)
        if SCORE.search(text) and person not in SCORES_READ_BY:
            found.add("another assessor's score")
        return found


def _word_readers(found: re.Match[str]) -> frozenset[str]:
    return readers_of_word(found[1], found[2].replace("-", "_"))
