"""What the page of the desk is made of: every number with the list of its very cases, charts with their tables."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import Select
from sqlalchemy.orm import Session

from webapp import charts, db
from webapp.access import NATION, Actor, Permission, allows, areas, covers
from webapp.dashboard import queries
from webapp.dashboard.queries import Pace, Tally, Unit
from webapp.dashboard.rules import (
    AGE_LABELS,
    FLOW_LABELS,
    QUEUE_LABELS,
    SMALL,
    STEP_LABELS,
    Age,
    Cut,
    Flow,
    Queue,
    Step,
    share,
    shown_months,
    silent_first,
)
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Grade
from webapp.evidence.words import nama
from webapp.formatting import angka, bulan, bulan_pendek, persen, selang, tanggal_pendek
from webapp.insight import queries as insight
from webapp.insight.queries import Options, RegionFigures, Standpoint
from webapp.insight.rules import GROUP_LABELS, GROUP_NOTES, GROUP_PARAMETER, PARAMETERS, Figures, Filters, Group, total
from webapp.reporting.rules import ROMAN
from webapp.signals.words import WEIGHTS, title

Context = dict[str, Any]
Cell = dict[str, Any]
KECAMATAN = 3
POINT_WORDS = {"verified": _l("Terverifikasi"), "waiting": _l("Menunggu"), "rejected": _l("Ditolak")}
_TONES = {Group.VERIFIED: "good", Group.WAITING: "info", Group.REJECTED: "bad", Group.UNPLACED: "warn"}


def _(text: str, **words: Any) -> str:
    return str(gettext(text, **words))


@dataclass(frozen=True)
class Asked:
    """What an address of the desk asks for, and what it could have asked for."""

    filters: Filters
    offered: Options


@dataclass(frozen=True)
class Desk:
    """Where a page of the desk stands: region, reader, filters, the moment it is read and its clock's zone."""

    here: Standpoint
    actor: Actor
    asked: Asked
    at: datetime
    zone: str

    @property
    def wanted(self) -> Select[Evidence]:
        return queries.base(self.actor, self.here.code, self.asked.filters)

    def list_of(self, cut: Cut) -> str:
        """The address of the cases that one number of the desk counts."""
        return url_for("dashboard.listing", code=self.here.code, **self.asked.filters.args(), **cut.args())

    def group(self, group: Group, code: str | None = None) -> str:
        """The address of the cases behind a figure of the map."""
        args = {**self.asked.filters.args(), GROUP_PARAMETER: group}
        return url_for("insight.listing", code=code or self.here.code, **args)


def desk_at(session: Session, actor: Actor, code: str | None, asked: Asked) -> Desk:
    """Raises `NotFound` for a region that is not there, or whose numbers this person may not read."""
    here = insight.standpoint(session, actor, code, inside=True)
    zone = here.time_zone or current_app.extensions["petabukti_settings"].time_zone
    return Desk(here, actor, asked, db.utcnow(), zone)


def show(session: Session, desk: Desk) -> Context:
    here, filters = desk.here, desk.asked.filters
    lines = insight.figures(session, desk.actor, here.code, filters)
    known = queries.known(desk.actor, here.code, filters)
    pace = queries.pace(session, desk.wanted, here.code, known)
    months = shown_months(pace.known)
    units = silent_first(_units(session, desk, lines, pace, months))
    figures = total(line.figures for line in lines if line.figures)
    tally = queries.tally(session, desk.wanted, desk.at, known)
    return {
        **frame(session, desk),
        "figures": figures,
        "tiles_of": _tiles(desk, figures, units),
        "small": figures.claimed < SMALL,
        "few": SMALL,
        "silent": [(one, _quiet(desk, one)) for one in units if one.silent],
        "active": [(one, _quiet(desk, one)) for one in units if not one.silent],
        "units": len(units),
        "trend": _trend(desk, pace, months),
        "funnel": _funnel(desk, tally),
        "backlog": _backlog(desk, tally),
        "oldest": queries.oldest(session, desk.actor, here.code, filters) if tally.waiting else None,
        "returned": tally.returned,
        "grades": _grades(desk, tally, figures),
        "signals": _signals(desk, queries.signals(session, desk.wanted, known)),
        "ranking": queries.ranking(session, desk.actor, here.code, filters.period) if here.code else None,
        "reported": queries.reporting(session, desk.actor, here.code, desk.at) if here.code else None,
        "roman": ROMAN,
        "spark": charts.spark,
        "group_of": desk.group,
    }


def listing(session: Session, desk: Desk, cut: Cut, page: int) -> Context:
    """The very cases behind one number, page by page."""
    wanted = queries.cut(desk.wanted, cut, at=desk.at)
    count = insight.count(session, wanted)
    last = max(1, -(-count // insight.PAGE))
    page = min(page, last)
    args = {**desk.asked.filters.args(), **cut.args()}
    turn = {"prev": page - 1 if page > 1 else None, "next": page + 1 if page < last else None}
    return {
        **frame(session, desk),
        "what": _said(cut),
        "cases": insight.cases(session, wanted, page),
        "count": count,
        "text": _("Halaman %(page)s dari %(last)s", page=angka(page), last=angka(last)),
        **{
            name: url_for(".listing", code=desk.here.code, **args, hal=number) if number else None
            for name, number in turn.items()
        },
    }


def profile(session: Session, found: queries.Profile) -> Context:
    """The profile of a kecamatan, for its page and for its paper."""
    figures = found.figures
    return {
        "profile": found,
        "figures_of": [
            {"label": GROUP_LABELS[group], "value": angka(figures.of(group)), "tone": _TONES.get(group)}
            for group in Group
        ],
        "small": figures.claimed < SMALL,
        "verified_share": share(figures.verified, figures.claimed),
        "unlisted": max(figures.verified - queries.MOST_CASES, 0),
        "point_words": POINT_WORDS,
        "sources": list({one.dataset_id: one.dataset for one in found.boundaries[:1]}.values()),
        "maps": allows(current_user, Permission.MAP_READ, found.region.code),
        "as_of": db.utcnow(),
        "zone": found.region.time_zone,
        "version": version(session),
    }


def frame(session: Session, desk: Desk) -> Context:
    """What every page of the desk begins and ends with."""
    offered, filters, here = desk.asked.offered, desk.asked.filters, desk.here
    every = [("", _("Semua"))]
    pairs = [(kind, one) for kind in offered.kinds for one in kind.activities]
    return {
        "here": here,
        "title": here.region.name if here.region else _("Indonesia"),
        "asked": desk.asked,
        "filter_args": filters.args(),
        "kept": {name: value for name, value in filters.args().items() if name not in _FORM},
        "names": PARAMETERS,
        "kinds": every + [(kind.code, nama(kind)) for kind in offered.kinds],
        "activities": every + [(one.code, f"{nama(kind)}: {nama(one)}") for kind, one in pairs],
        "periods": every + [(str(number), name) for number, name in offered.periods],
        "way": _way(desk.actor, here),
        "as_of": desk.at,
        "zone": desk.zone,
        "version": version(session),
        "depth": here.depth,
    }


_FORM = {PARAMETERS["kind"], PARAMETERS["activity"], PARAMETERS["period"]}


def version(session: Session) -> str:
    """A short name of the data as they stand: the same name on two papers means the same cases and boundaries."""
    return hashlib.sha256(insight.data_version(session).encode()).hexdigest()[:8]


def own_areas(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """Code and name of each area whose desk this person reads."""
    stands = (insight.standpoint(session, actor, code) for code in areas(actor, Permission.MAP_READ))
    return [(one.region.code, one.region.name) for one in stands if one.region]


def _way(actor: Actor, here: Standpoint) -> list[tuple[str | None, str]]:
    """Code and name of the desks above this one that the person may read."""
    mine = areas(actor, Permission.MAP_READ)
    country: list[tuple[str | None, str]] = [(None, _("Indonesia"))] if NATION in mine and here.region else []
    return country + [(one.code, one.name) for one in here.above if any(covers(area, one.code) for area in mine)]


def _units(
    session: Session, desk: Desk, lines: Iterable[RegionFigures], pace: Pace, months: tuple[date, ...]
) -> list[Unit]:
    code = desk.here.code
    below = [line for line in lines if not line.itself]
    if not below:
        return []
    last = queries.last_sent(session, desk.actor, code)
    return queries.told(below, last, queries.expected(session, desk.actor, code), pace.sent, months)


def _quiet(desk: Desk, unit: Unit) -> str:
    """Since when nothing was heard of a unit, in words."""
    if unit.last_sent is not None:
        return _("%(span)s yang lalu", span=selang(desk.at - unit.last_sent))
    if unit.expected_on is not None:
        return _("belum pernah, peserta sejak %(day)s", day=tanggal_pendek(unit.expected_on))
    return _("belum pernah")


def _tiles(desk: Desk, figures: Figures, units: list[Unit]) -> list[dict[str, Any]]:
    silent = sum(one.silent for one in units)
    tiles = [
        {
            "label": _("Unit diam"),
            "value": _("%(n)s dari %(m)s", n=angka(silent), m=angka(len(units))),
            "note": _("belum mengirim apa pun") if not desk.asked.filters.active else _("tidak ada yang cocok"),
            "href": "#diam" if silent else "#unit",
            "tone": "bad" if silent else "good",
        }
    ]
    counted = [
        {
            "label": GROUP_LABELS[group],
            "value": angka(figures.of(group)),
            "note": _of_claimed(figures, group) or GROUP_NOTES[group],
            "href": desk.group(group),
            "tone": _TONES.get(group),
        }
        for group in Group
    ]
    return (tiles if units else []) + counted


def _of_claimed(figures: Figures, group: Group) -> str | None:
    part = share(figures.of(group), figures.claimed)
    if group is Group.CLAIMED or part is None:
        return None
    return _("%(share)s dari yang diklaim", share=persen(part))


def _trend(desk: Desk, pace: Pace, months: tuple[date, ...]) -> Context:
    """The chart and its table; what lies before the first month shown is the table's last row."""
    series = tuple(
        charts.Series(str(FLOW_LABELS[flow]), mark, tuple(pace.months[flow][month] for month in months))
        for mark, flow in enumerate(Flow, start=1)
    )
    rows = [[_cell(bulan(month)), *(_flow_cell(desk, pace, flow, month) for flow in Flow)] for month in months[::-1]]
    if any(month not in months for month in pace.known):
        earlier = [sum(n for month, n in pace.months[flow].items() if month not in months) for flow in Flow]
        rows.append([_cell(_("Sebelumnya")), *(_cell(angka(number)) for number in earlier)])
    sums = [pace.months[flow].total() for flow in Flow]
    rows.append(
        [_cell(_("Jumlah")), *(_cell(angka(n), desk.list_of(Cut(flow=f))) for f, n in zip(Flow, sums, strict=True))]
    )
    return {
        "chart": charts.Trend(tuple(bulan_pendek(month) for month in months), series),
        "heads": [_("Bulan"), *(str(FLOW_LABELS[flow]) for flow in Flow)],
        "rows": rows if months else [],
        "said": _span_words(months, sums),
    }


def _flow_cell(desk: Desk, pace: Pace, flow: Flow, month: date) -> Cell:
    number = pace.months[flow][month]
    return _cell(angka(number), desk.list_of(Cut(flow=flow, month=month)) if number else None)


def _span_words(months: tuple[date, ...], sums: list[int]) -> str:
    if not months:
        return ""
    return _(
        "%(first)s sampai %(last)s. Dikirim %(sent)s, terverifikasi %(good)s, ditolak %(bad)s.",
        first=bulan(months[0]), last=bulan(months[-1]), sent=angka(sums[0]), good=angka(sums[1]), bad=angka(sums[2]),
    )  # fmt: skip


def _funnel(desk: Desk, tally: Tally) -> Context:
    whole = tally.steps[Step.SENT]
    places = charts.centred((tally.steps[step] for step in Step), whole)
    steps = []
    for step, at in zip(Step, places, strict=True):
        number = tally.steps[step]
        part = share(number, whole) if step is not Step.SENT else None
        note = persen(part) if part is not None else None
        href = desk.list_of(Cut(step=step))
        steps.append({"label": STEP_LABELS[step], "text": angka(number), "note": note, "href": href, "at": at})
    rows = [[_cell(one["label"]), _cell(one["text"], one["href"]), _cell(one["note"] or "–")] for one in steps]
    return {"steps": steps, "heads": [_("Tahap"), _("Bukti"), _("Dari yang dikirim")], "rows": rows}


def _backlog(desk: Desk, tally: Tally) -> Context:
    """What waits for those who verify, by age and by whom it waits for."""
    highest = max((tally.aged(age) for age in Age), default=0)
    items = []
    for age in Age:
        numbers = [tally.backlog[queue, age] for queue in Queue]
        pieces = [
            {"mark": mark, "at": at, "words": f"{QUEUE_LABELS[queue]} {angka(number)}"}
            for mark, (queue, number, at) in enumerate(
                zip(Queue, numbers, charts.parts(numbers, highest), strict=True), start=1
            )
        ]
        href = desk.list_of(Cut(age=age)) if sum(numbers) else None
        items.append({"label": AGE_LABELS[age], "text": angka(sum(numbers)), "href": href, "pieces": pieces})
    rows = [
        [
            _cell(AGE_LABELS[age]),
            *(_backlog_cell(desk, tally.backlog[queue, age], Cut(queue=queue, age=age)) for queue in Queue),
            _backlog_cell(desk, tally.aged(age), Cut(age=age)),
        ]
        for age in Age
    ]
    series = [charts.Series(str(QUEUE_LABELS[queue]), mark, ()) for mark, queue in enumerate(Queue, start=1)]
    heads = [_("Menunggu sejak"), *(str(QUEUE_LABELS[queue]) for queue in Queue), _("Jumlah")]
    return {"items": items, "series": series, "heads": heads, "rows": rows, "waiting": tally.waiting}


def _backlog_cell(desk: Desk, number: int, cut: Cut) -> Cell:
    return _cell(angka(number), desk.list_of(cut) if number else None)


def _grades(desk: Desk, tally: Tally, figures: Figures) -> Context:
    items: list[dict[str, Any]] = [
        {"label": _("Tingkat %(grade)s", grade=grade), "value": number, "text": angka(number),
         "href": desk.list_of(Cut(grade=grade)) if number else None}
        for grade, number in ((grade, tally.grades[grade]) for grade in Grade)
    ]  # fmt: skip
    items.append(
        {"label": GROUP_LABELS[Group.UNPLACED], "value": figures.unplaced, "text": angka(figures.unplaced),
         "href": desk.group(Group.UNPLACED) if figures.unplaced else None}
    )  # fmt: skip
    rows = [[_cell(one["label"]), _cell(one["text"], one["href"])] for one in items]
    return {"items": items, "heads": [_("Keyakinan lokasi"), _("Bukti")], "rows": rows}


def _signals(desk: Desk, found: list[queries.Signal]) -> list[dict[str, Any]]:
    return [
        {
            "weight": one.weight, "weight_words": WEIGHTS[one.weight], "title": title(one.code), "count": one.cases,
            "href": desk.list_of(Cut(signal=one.code)),
        }
        for one in found
    ]  # fmt: skip


def _cell(text: Any, href: str | None = None) -> Cell:
    return {"text": text, "href": href}


def _said(cut: Cut) -> str:
    """The number a list is of, in words."""
    said: list[str] = []
    said += [str(STEP_LABELS[cut.step])] if cut.step else []
    said += [str(FLOW_LABELS[cut.flow])] if cut.flow else []
    said += [bulan(cut.month)] if cut.month else []
    said += [_("Menunggu verifikasi")] if cut.age or cut.queue else []
    said += [str(QUEUE_LABELS[cut.queue])] if cut.queue else []
    said += [str(AGE_LABELS[cut.age])] if cut.age else []
    said += [_("Keyakinan lokasi %(grade)s", grade=cut.grade)] if cut.grade else []
    said += [title(cut.signal)] if cut.signal else []
    return ", ".join(said) or str(GROUP_LABELS[Group.CLAIMED])
