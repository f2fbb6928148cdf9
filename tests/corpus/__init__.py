"""Bad input and its stated answers: the table of cases, and the one check that every group shares.

A group is a module with `CASES`; `tests/corpus/test_<group>.py` tries each of them through the real door with
`answered`. `python -m tests.corpus` prints how many there are. What a case sends is made when it is sent, so that
counting and collecting cost nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.corpus.house import House, Person


@dataclass(frozen=True)
class Answer:
    """What came back, from the test client or from a socket alike."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def code(self) -> str | None:
        """The stable code of a refusal."""
        found = {name.lower(): value for name, value in self.headers.items()}.get("x-problem-code")
        return found or (self.json or {}).get("code")

    @property
    def message(self) -> str:
        """The sentence for the person."""
        return str((self.json or {}).get("message") or "")


Send = Callable[["Person"], Answer]
Proof = Callable[["House", Answer], None]


@dataclass(frozen=True)
class Case:
    """One thing that is sent, and what must come back."""

    group: str
    name: str
    send: Send
    """Sends it as this person (who reads Indonesian or English) and answers what came back."""
    status: int
    code: str | None = None
    """Of a refusal (400 and above)."""
    flags: frozenset[str] | None = None
    """Exactly these findings are on the photo that was stored; None: not a photo, or not looked at."""
    proofs: tuple[Proof, ...] = field(default=())
    """What else must be true after the Indonesian answer."""

    def __str__(self) -> str:
        return self.name


def answered(case: Case, house: House) -> Answer:
    """Send the case and hold the answer against what is stated, in both languages; answers the Indonesian one.

    After a refusal nothing may have changed: the content of every table (but those that remember refusals, see
    `house.REMEMBERING`), the listing of the store and of the temporary folder.
    """
    before = house.traces()
    answer = case.send(house.indonesian)
    assert answer.status < 500, f"{case}: {answer.status} {answer.body[:500]!r}"
    assert (answer.status, answer.code) == (case.status, case.code), answer.body[:500]
    if answer.status >= 400:
        english = case.send(house.english)
        assert (english.status, english.code) == (case.status, case.code), english.body[:500]
        _said_in_both(answer, english)
        assert house.traces() == before, f"{case} left something behind"
    if case.flags is not None:
        flags = house.flags_of(answer)
        assert flags == case.flags, flags
    for proof in case.proofs:
        proof(house, answer)
    return answer


def _said_in_both(indonesian: Answer, english: Answer) -> None:
    if indonesian.json is None:  # a page for people, or the server's own words before the application was asked
        assert indonesian.body, "a refusal without a word"
        return
    assert set(indonesian.json) >= {"code", "message", "field", "request_id"}
    assert indonesian.message and english.message, "a refusal without a sentence"
    assert indonesian.message != english.message, f"one language only: {indonesian.message}"
