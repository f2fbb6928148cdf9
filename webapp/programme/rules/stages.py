"""Stages of a period: their usual order, which may run at once, what opens and closes after what. Pure facts."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from flask_babel import lazy_gettext as _l

from webapp.programme.rules.periods import StageKind

_K = StageKind
# What is gathered side by side: while units still fill in, the desk and the field are at work already.
TOGETHER = frozenset({_K.SELF_FILLING, _K.DESK, _K.FIELD})


class Layout(StrEnum):
    """A usual row of stages, offered where a period is prepared; each may be changed there."""

    NONE = "none"
    TWO_STAGE = "two_stage"  # OKI: all are heard over days, the best go on
    FIELD_AWARD = "field_award"  # Bandung: claims, verified in the field, the best are awarded
    INTERVIEW = "interview"  # Sinergitas: documents and field, then an interview


LAYOUT_LABELS = {
    Layout.NONE: _l("Tanpa tahap"),
    Layout.TWO_STAGE: _l("Dua babak dengan pemaparan"),
    Layout.FIELD_AWARD: _l("Pengisian dan cek lapangan"),
    Layout.INTERVIEW: _l("Pengisian, cek lapangan, dan wawancara"),
}
LAYOUTS: dict[Layout, tuple[StageKind, ...]] = {
    Layout.NONE: (),
    Layout.TWO_STAGE: (_K.PRESENTATION, _K.SHORTLIST, _K.ADVANCED, _K.PLENARY, _K.FINAL, _K.ANNOUNCEMENT),
    Layout.FIELD_AWARD: (_K.SELF_FILLING, _K.DESK, _K.FIELD, _K.PLENARY, _K.FINAL, _K.ANNOUNCEMENT),
    Layout.INTERVIEW: (
        _K.SELF_FILLING, _K.DESK, _K.FIELD, _K.PRESENTATION, _K.PLENARY, _K.FINAL, _K.ANNOUNCEMENT,
    ),
}  # fmt: skip


class StageLike(Protocol):
    """What the order of stages needs to know of one."""

    @property
    def kind(self) -> str: ...

    @property
    def opened_at(self) -> datetime | None: ...

    @property
    def closed_at(self) -> datetime | None: ...


def stage_of(stages: Iterable[StageLike], kind: StageKind) -> StageLike | None:
    """The stage of that kind, if the period has one."""
    return next((one for one in stages if one.kind == kind), None)


def runs(stage: StageLike) -> bool:
    """Whether a stage is open now."""
    return stage.opened_at is not None and stage.closed_at is None


def stage_open(stages: Iterable[StageLike], kind: StageKind) -> bool:
    """Whether what belongs to that kind may be done now: its stage runs, or the period has none of that kind."""
    stage = stage_of(stages, kind)
    return stage is None or runs(stage)


def running_round(stages: Iterable[StageLike]) -> int:
    """2 from the moment the advanced stage is opened, else 1."""
    advanced = stage_of(stages, StageKind.ADVANCED)
    return 2 if advanced is not None and advanced.opened_at is not None else 1


def waits_to_open(stages: Sequence[StageLike], kind: StageKind) -> list[StageKind]:
    """Earlier stages that hold up the opening of this one, in their order: those not closed yet; among stages that
    run together, those not even opened.
    """
    waiting = []
    for one in _before(stages, kind):
        side_by_side = kind in TOGETHER and one.kind in TOGETHER
        if one.opened_at is None or (one.closed_at is None and not side_by_side):
            waiting.append(StageKind(one.kind))
    return waiting


def waits_to_close(stages: Sequence[StageLike], kind: StageKind) -> list[StageKind]:
    """Earlier stages that hold up the closing of this one, in their order: those not closed yet."""
    return [StageKind(one.kind) for one in _before(stages, kind) if one.closed_at is None]


def _before(stages: Sequence[StageLike], kind: StageKind) -> Iterable[StageLike]:
    for one in stages:
        if one.kind == kind:
            return
        yield one
