"""What the queue is narrowed to. Lives in the URL, so that a view can be sent to a colleague."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Self

from webapp.evidence.queries import OVERDUE
from webapp.evidence.rules import UNSEEN, Grade, State
from webapp.territory.rules import CODE, RegionResult

WAITING = (State.SUBMITTED, State.UNDER_REVIEW, State.REJECTION_PROPOSED)  # what the desk has to do
SEEN = tuple(state for state in State if state not in UNSEEN)
NO_GRADE = "-"
LONGEST_SEARCH = 200

# field, name in the URL
NAMES = {
    "region": "wilayah", "kind": "jenis", "state": "keadaan", "grade": "keyakinan", "result": "posisi", "text": "cari",
}  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """Empty fields do not narrow; an empty `state` means what waits for the desk. Unknown words are dropped."""

    region: str = ""
    kind: str = ""
    state: str = ""
    grade: str = ""
    result: str = ""
    text: str = ""

    @classmethod
    def read(cls, sent: Mapping[str, str]) -> Self:
        """The filters of a URL's query."""
        known = {field: sent.get(name, "").strip() for field, name in NAMES.items()}
        return cls(
            region=known["region"] if CODE.fullmatch(known["region"]) else "",
            kind=known["kind"] if known["kind"].isidentifier() else "",
            state=known["state"] if known["state"] in {*SEEN, OVERDUE} else "",
            grade=known["grade"] if known["grade"] in {*Grade, NO_GRADE} else "",
            result=known["result"] if known["result"] in set(RegionResult) else "",
            text=known["text"].replace("\x00", "")[:LONGEST_SEARCH],
        )

    def as_args(self) -> dict[str, Any]:
        """The same filters for `url_for`, in the names of the URL."""
        return {NAMES[field]: value for field, value in asdict(self).items() if value}

    def without(self, field: str) -> Self:
        return replace(self, **{field: ""})

    @property
    def states(self) -> tuple[State, ...]:
        """The states that are asked for."""
        if self.state == OVERDUE:
            return (State.RETURNED,)
        return (State(self.state),) if self.state else WAITING


@dataclass(frozen=True)
class Cursor:
    """A place in the queue: just after (or before) a case by its time of submission and id."""

    at: datetime
    id: int
    backwards: bool = False

    @classmethod
    def read(cls, sent: Mapping[str, str]) -> Self | None:
        """The cursor of a URL's query (`setelah` or `sebelum`); None for the first page or a broken one."""
        backwards = "sebelum" in sent
        moment, _, number = sent.get("sebelum" if backwards else "setelah", "").partition("_")
        try:
            at = datetime.fromisoformat(moment)
            key = int(number)
        except ValueError:
            return None
        return cls(at, key, backwards) if at.tzinfo is not None and 0 < key < 2**31 else None

    def as_args(self) -> dict[str, Any]:
        return {"sebelum" if self.backwards else "setelah": f"{self.at.isoformat()}_{self.id}"}
