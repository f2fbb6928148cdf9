"""A report as it was sent: its lines frozen, and the digest over them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from webapp.reporting import queries
from webapp.reporting.models import (
    QuarterlyReport,
    ReportLine,
    ReportRevision,
)
from webapp.reporting.queries import Filled
from webapp.reporting.rules import (
    ZERO,
    is_past,
)


def digest(content: Mapping[str, Any]) -> str:
    """The sha256 over canonical JSON: sorted keys, no spaces, UTF-8; decimals as text."""
    said = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


FROZEN = (
    "line_id", "position", "name", "measure", "weight", "place_code", "year_physical", "year_money", "target_physical",
    "target_money", "before_physical", "before_money", "quantity", "rolled_physical", "rolled_money", "physical",
    "money", "reason", "unfinished", "obstacle_kind", "obstacle",
)  # fmt: skip


def content_of(revision: ReportRevision) -> dict[str, Any]:
    """What a revision's `sha256` is over; numbers as plain text, so that it can be worked out again anywhere."""
    return {
        "report": revision.report_id,
        "number": revision.number,
        "lines": [
            {name: _plain(getattr(line, name)) for name in FROZEN}
            for line in sorted(revision.lines, key=lambda one: one.position)
        ],
    }


def _plain(value: Any) -> Any:
    """Decimals without the zeros a column adds, so that a number has one form."""
    return format(value.normalize() if value else ZERO, "f") if isinstance(value, Decimal) else value


def freeze(
    report: QuarterlyReport, filled: Sequence[Filled], number: int, actor_id: int, at: datetime, note: str
) -> ReportRevision:  # fmt: skip
    year, threshold = report.unit.year, report.unit.year.threshold
    reached = queries.result(filled, year.terms.basis)
    revision = ReportRevision(
        report_id=report.id, number=number, sent_by=actor_id, sent_at=at, note=note, physical=reached.physical,
        financial=reached.financial,
        after_deadline=is_past(year.deadline_of(report.quarter), year.region.time_zone, at),
        lines=[_frozen(one, threshold) for one in filled],
    )  # fmt: skip
    revision.sha256 = digest(content_of(revision))
    return revision


def _frozen(one: Filled, threshold: Decimal) -> ReportLine:
    line, draft = one.line, one.draft
    unfinished = one.unfinished(threshold)
    return ReportLine(
        line_id=line.id, position=line.position, name=line.name, measure=line.measure, weight=line.weight,
        place_code=line.place_code, year_physical=line.physical_target, year_money=line.money_target,
        target_physical=one.target_physical, target_money=one.target_money, before_physical=one.before.physical,
        before_money=one.before.money, quantity=one.rolled.quantity, rolled_physical=one.rolled.physical,
        rolled_money=one.rolled.money, physical=one.physical, money=one.money,
        reason=draft.reason if draft and one.corrected else "", unfinished=unfinished,
        obstacle_kind=draft.obstacle_kind if draft and unfinished else None,
        obstacle=draft.obstacle if draft and unfinished else "",
    )  # fmt: skip
