"""What all minutes of a period say: where, on what basis, who, by what method. Plain values that can be frozen.

Words of papers are Indonesian, whoever prints them. Numbers and days are written as they are to be printed, so that
the frozen content is what was signed.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel.speaklater import LazyString
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.access import ROLE_LABELS, covers
from webapp.conflict.queries import barred_units
from webapp.evidence import pii
from webapp.evidence.models import Evidence, Photo
from webapp.formatting import angka, rentang
from webapp.minutes import queries as kept
from webapp.minutes.queries import Member
from webapp.minutes.rules import Kind
from webapp.papers import digest
from webapp.programme.models import Instrument, Period, PeriodStage
from webapp.programme.rules import STAGE_LABELS, StageKind
from webapp.record.rules import STAGE_OF

LANGUAGE = "id"


@dataclass(frozen=True)
class Typed:
    """All that people type into minutes; the rest comes from the data."""

    place: str = ""
    legal_basis: str = ""  # one line each
    decree: str = ""  # of the team
    remarks: str = ""
    follow_up: str = ""  # one line each


@dataclass(frozen=True)
class Subject:
    """What minutes of a kind are about: `key` as they keep it, `label` for people ("" where the kind says all)."""

    key: str = ""
    label: str = ""


@dataclass(frozen=True)
class Table:
    """A table of a paper: cells are ready to be printed, `numeric` are the columns that stand to the right."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: Sequence[int] = ()
    note: str = ""

    def frozen(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "title": self.title, "columns": list(self.columns), "rows": [list(row) for row in self.rows],
            "numeric": list(self.numeric), "note": self.note,
        }  # fmt: skip


@dataclass(frozen=True)
class Told:
    """What one kind of minutes says beyond what all say, and the facts it says it from.

    `missing`: why it cannot be drawn up yet, for the reader; "" when it can.
    """

    basis: Mapping[str, Any]
    sha256: str = ""  # of the basis, where the gate reckons it itself
    tables: Sequence[Table] = ()
    scope: Sequence[tuple[str, str]] = ()
    method: Sequence[str] = ()
    outcome: Sequence[str] = ()
    annexes: Sequence[tuple[str, str]] = ()
    day: date | None = None  # the day of the meeting, where the data know it
    there: Mapping[int, str] = field(default_factory=dict)  # by account: what the person took part in
    missing: LazyString | str = ""


def day_of(period: Period, at: datetime) -> date:
    """The day it is in the period's zone."""
    return at.astimezone(ZoneInfo(period.time_zone)).date()


def facts(
    session: Session, period: Period, kind: Kind, told: Told, typed: Typed, members: Sequence[Member], day: date
) -> dict[str, Any]:  # fmt: skip
    """Everything that is printed, as plain values."""
    return {
        "region": {"code": period.region_code, "name": period.region.name, "zone": period.time_zone},
        "period": {"name": period.name, "version": period.version},
        "day": day.isoformat(),
        "place": pii.covered(typed.place),
        "basis": _lines(typed.legal_basis, *_grounds(period.instrument)),
        "decree": pii.covered(typed.decree),
        "scope": [list(pair) for pair in (*_scope(period, kind), *told.scope)],
        "team": _team(session, period, members, day, told.there),
        "method": [_instrument(period.instrument), *told.method],
        "tables": [one.frozen() for one in told.tables],
        "outcome": list(told.outcome),
        "remarks": pii.covered(typed.remarks),
        "follow_up": [pii.covered(line) for line in _lines(typed.follow_up)],
        "annexes": [list(pair) for pair in told.annexes],
    }


def basis_of(told: Told) -> str:
    """The digest of the facts that minutes were drawn from."""
    return told.sha256 or digest(told.basis)


def _grounds(tool: Instrument) -> Iterable[str]:
    """What the instrument stands on: its source, and the decision by which its numbers were settled."""
    yield tool.legal_basis or ""
    if tool.settled_source:
        yield f"Angka instrumen ditetapkan dengan dasar: {tool.settled_source}"


def _lines(*texts: str | None) -> list[str]:
    found = [line.strip() for said in texts for line in (said or "").splitlines() if line.strip()]
    return list(dict.fromkeys(found))


def _scope(period: Period, kind: Kind) -> Iterable[tuple[str, str]]:
    yield "Penilaian", period.name + (f" ({period.programme.name})" if period.programme else "")
    yield "Masa penilaian", rentang(period.starts_on, period.ends_on, LANGUAGE)
    found = stage(period, STAGE_OF.get(kind))
    if found is not None:
        named = found.name or str(STAGE_LABELS[StageKind(found.kind)])
        days = rentang(found.starts_on, found.ends_on, LANGUAGE) if found.starts_on else ""
        yield "Tahap", f"{named}, {days}" if days else named
    yield (
        "Lingkup",
        f"{period.region.name} (kode {period.region_code}), {angka(len(period.participants), locale=LANGUAGE)} peserta",
    )
    if period.version > 1:
        yield "Versi hasil", f"versi {period.version} (dibuka kembali)"


def stage(period: Period, kind: StageKind | None) -> PeriodStage | None:
    """The period's stage of that kind, if it has one."""
    return next((one for one in period.stages if one.kind == kind), None)


def _instrument(tool: Instrument) -> str:
    example = "; bobot dan angka contoh" if tool.example else ""
    return f"Instrumen {tool.name} versi {tool.version}{example}."


def _team(
    session: Session, period: Period, members: Sequence[Member], day: date, there: Mapping[int, str]
) -> list[dict[str, Any]]:
    """The team with the units each of them has no part in judging; why, is not for papers."""
    names = {one.region_code: one.region.name for one in period.participants}
    barred = {one.account_id: barred_units(session, one.account_id, period.id, day) for one in members}
    return [
        {
            "account": one.account_id,
            "name": one.name,
            "role": str(one.role),
            "post": str(ROLE_LABELS[one.role]),
            "recused": [
                name for code, name in names.items()
                if any(covers(upper, code) for upper in barred[one.account_id])
            ],
            "there": there.get(one.account_id, ""),
        }
        for one in members
    ]  # fmt: skip


def photo_annexes(session: Session, period: Period) -> list[tuple[str, str]]:
    """Per participant, its photos as one line: SHA-256 over the sorted SHA-256 of the files, one a line.

    Of cases that were sent alone. A list of thousands of hashes would be no annex; anybody with the files can make it.
    """
    rows = session.execute(
        select(Evidence.region_code, Photo.sha256)
        .join(Photo, Photo.evidence_id == Evidence.id)
        .where(Evidence.period_id == period.id, Evidence.state.not_in(("draft", "withdrawn")))
    )
    found: dict[str, set[str]] = {}
    for code, sha256 in rows:
        found.setdefault(code[:8], set()).add(sha256)
    names = {one.region_code: one.region.name for one in period.participants}
    return [
        (f"Foto bukti {names.get(code, code)} ({len(hashes)} berkas)", _sum(sorted(hashes)))
        for code, hashes in sorted(found.items())
    ]


def _sum(lines: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def minutes_annexes(session: Session, period: Period, *kinds: Kind) -> list[tuple[str, str]]:
    """Earlier minutes of those kinds that are in force, by number, with their SHA-256."""
    return [
        (f"Berita acara Nomor {one.number}", one.sha256) for kind in kinds for one in kept.signed(session, period, kind)
    ]


def points(value: Decimal) -> str:
    """Points as papers write them: two decimals, a comma."""
    return angka(value, 2, LANGUAGE)


def count(number: int) -> str:
    """A number of things."""
    return angka(number, locale=LANGUAGE)
