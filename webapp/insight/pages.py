"""What the pages of the map are made of: tiles, links behind numbers, chips of the filter, sources of boundaries."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Select
from sqlalchemy.orm import Session

from geo.values import BBox
from webapp import db
from webapp.access import NATION, Actor, covers
from webapp.evidence.models import Evidence
from webapp.evidence.rules import CLAIMED, STATE_LABELS, SUPPORT_LABELS, TAG_LABELS, State
from webapp.evidence.words import nama
from webapp.formatting import angka, bulan
from webapp.insight import maps, queries
from webapp.insight.queries import Kept, Options, Reach, RegionFigures, Standpoint
from webapp.insight.queries.listing import MOST_POINTS, PAGE
from webapp.insight.rules import (
    GROUP_LABELS,
    GROUP_NOTES,
    GROUP_PARAMETER,
    PARAMETERS,
    Figures,
    Filters,
    Group,
    share,
    total,
)
from webapp.territory.queries import extent

Context = dict[str, Any]
# Of an address: of the region itself alone; every row of the table at once; a part of the map.
ITSELF, EVERY, BOX = "sendiri", "semua", "bbox"
SHORT, MOST_AT_ONCE = 3, 12  # of more rows than that, the first come with the page and the others after it
STUDY = "studi"  # the kind whose activities are the topics of studies abroad
KECAMATAN = 3  # from this depth on a page shows the cases themselves
_TONES = {Group.VERIFIED: "good", Group.WAITING: "info", Group.REJECTED: "bad", Group.UNPLACED: "warn"}
_STATES = [state for state in State if state in CLAIMED]


@dataclass(frozen=True)
class Asked:
    """What an address asks for, and what it could have asked for."""

    filters: Filters
    group: Group
    offered: Options


def region(session: Session, actor: Actor, here: Standpoint, lines: list[RegionFigures], asked: Asked) -> Context:
    """The map of a region with its table; numbers only where the person may see them."""
    figures = sum_of(lines) if here.reach is Reach.INSIDE else None
    shown = rows(lines)
    first = shown if len(shown) <= MOST_AT_ONCE or EVERY in request.args else shown[:SHORT]
    context: Context = {
        **common(here, asked),
        "figures": figures,
        "tiles_of": _tiles(here.code, figures, asked.filters) if figures else [],
        "lines": first,
        "others": _others(here, asked.filters, len(shown) - len(first)),
        "silent": [line for line in lines if not line.itself and line.figures and line.figures.silent],
        "units": units_of(lines),
        "drawn": any(not line.itself for line in lines),
        "way": _way(actor, here),
        "sources": queries.sources(session, [line.code for line in lines] + ([here.code] if here.code else [])),
        "parts": _region_parts(session, here, asked.filters, figures),
        **of_rows(here, asked.filters),
        "supports": _supports(session, actor, here, asked.filters) if figures else [],
        "portfolio": url_for("insight.portfolio", code=here.code) if here.depth == KECAMATAN and figures else None,
        "cases": [],
    }
    context["rooms"][-1]["count"] = queries.count(session, queries.abroad(actor, asked.filters)) or None
    if here.depth >= KECAMATAN and here.reach is Reach.INSIDE:
        context["cases"] = queries.cases(session, queries.behind(actor, here.code, asked.filters, Group.CLAIMED))
    return context


def rows(lines: Iterable[RegionFigures]) -> list[RegionFigures]:
    """The rows of the table: what has anything, most verified first."""
    return [one for one in queries.ranked(lines) if one.itself or not one.figures or not one.figures.silent]


def of_rows(here: Standpoint, filters: Filters) -> Context:
    """What a row needs, on the page and in the rows that come after it."""
    return {
        "behind": lambda line, group: behind(here, line, group, filters),
        "groups": GROUP_LABELS,
        "filter_args": filters.args(),
    }


def _others(here: Standpoint, filters: Filters, count: int) -> Context | None:
    """Where the other rows of the table are: alone for the script, on a page with all of them for everybody else."""
    if not count:
        return None
    alone = url_for("insight.region_rows", code=here.code, **filters.args())
    return {"count": count, "alone": alone, "href": f"{_here(**_filters(), **{EVERY: 1})}#tabel"}


def listing(
    session: Session, here: Standpoint, wanted: Select[Evidence], asked: Asked, page: int, known: Kept | None
) -> Context:
    """The cases behind one number, page by page; `known`: where their sums are kept."""
    tabs = [
        {
            "label": words,
            "href": _here(**{**_kept(), **_filters(), GROUP_PARAMETER: group}),
            "current": group is asked.group,
        }
        for group, words in GROUP_LABELS.items()
    ]
    shown = {
        "tabs_of": tabs,
        "kept": _kept(),
        "group": asked.group,
        "groups": GROUP_LABELS,
    }
    return {**common(here, asked), **paged(session, wanted, page, known=known), **shown}


def study(session: Session, actor: Actor, wanted: Select[Evidence], asked: Asked, page: int) -> Context:
    """Study tasks abroad, and by topic what was built at home after them."""
    layer = url_for("insight.study_layer", **asked.filters.args())
    parts = maps.study_map(layer)
    shell = common(Standpoint(None, (), Reach.INSIDE), asked)
    return {
        **shell,
        **paged(session, wanted, page),
        "parts": parts,
        "topics": _topics(asked),
        "figures": queries.grouped(session, wanted),
        "units": queries.silent(session, actor, queries.starting_point(actor), wanted),
        "pairs": _by_topic(queries.after_studies(session, actor, wanted)),
    }


def _by_topic(pairs: Iterable[queries.Pair]) -> list[tuple[str, list[queries.Pair]]]:
    """Pairs under the name of the topic that was studied."""
    found: dict[str, list[queries.Pair]] = {}
    for pair in pairs:
        found.setdefault(nama(pair.abroad.activity or pair.abroad.kind), []).append(pair)
    return sorted(found.items())


def _topics(asked: Asked) -> list[dict[str, Any]]:
    """The topics of studies as tabs over map and table: each filters both."""
    said = next((kind.activities for kind in asked.offered.kinds if kind.code == STUDY), [])
    every = asked.filters.without("activity")
    return [
        {"label": _("Semua topik"), "href": _here(**every.args()), "current": asked.filters.activity is None},
        *(
            {
                "label": nama(one),
                "href": _here(**replace(every, activity=one.code).args()),
                "current": asked.filters.activity == one.code,
            }
            for one in said
        ),
    ]


def sum_of(lines: Iterable[RegionFigures]) -> Figures:
    """The figures of a region: those of all its lines."""
    return total(line.figures for line in lines if line.figures)


def common(here: Standpoint, asked: Asked) -> Context:
    return {
        "here": here,
        "rooms": _rooms(here, asked.filters),
        "title": here.region.name if here.region else _("Indonesia"),
        "asked": asked,
        "filter_args": asked.filters.args(),
        "chips": _chips(asked),
        "clear": _here() if asked.filters.active else None,
        "names": PARAMETERS,
        "states": [("", _("Semua")), *((state, STATE_LABELS[state]) for state in _STATES)],
        "supports_of": [("", _("Semua")), *SUPPORT_LABELS.items()],
        "kinds": [("", _("Semua")), *((kind.code, nama(kind)) for kind in asked.offered.kinds)],
        "activities": [("", _("Semua")), *_activities(asked.offered)],
        "periods": [("", _("Semua")), *asked.offered.periods],
        "indicators": [("", _("Semua")), *asked.offered.indicators] if asked.offered.indicators else [],
        "tags_of": [("", _("Semua")), *TAG_LABELS.items()],
        **as_of(db.session(), here.time_zone),
    }


def as_of(session: Session, zone: str | None) -> Context:
    """Of when and of which data the figures of a page are; `zone`: the region's."""
    return {
        "as_of": db.utcnow(),
        "version": _version(session),
        "share": share,
        "zone": zone or current_app.extensions["petabukti_settings"].time_zone,
    }


def units_of(lines: Iterable[RegionFigures]) -> tuple[int, int]:
    """How many of the regions below have nothing at all, and how many there are."""
    below = [line.figures for line in lines if line.figures and not line.itself]
    return sum(one.silent for one in below), len(below)


def _rooms(here: Standpoint, filters: Filters) -> list[dict[str, Any]]:
    """The ways to look at a region, for its tabs; numbers and cases only where the person may see them."""
    args: dict[str, Any] = {**filters.args(), "code": here.code} if here.code else filters.args()
    rooms = [("insight.region" if here.code else "insight.nation", _("Wilayah"))]
    if here.reach is Reach.INSIDE:
        rooms += [("insight.time", _("Waktu")), ("insight.copies", _("Tiruan")), ("insight.photos", _("Foto"))]
    shown = [
        {
            "label": words,
            "href": url_for(endpoint, **args),
            "current": request.endpoint == endpoint,
        }
        for endpoint, words in rooms
    ]
    if here.reach is Reach.INSIDE:
        both = {"kiri": here.code or "", "kanan": here.code or "", **_shared(filters)}
        here_too = request.endpoint == "insight.compare"
        shown.append({"label": _("Banding"), "href": url_for("insight.compare", **both), "current": here_too})
    studies = {"label": _("Tugas studi di luar negeri"), "href": url_for("insight.study", **filters.args())}
    return [*shown, {**studies, "current": request.endpoint == "insight.study"}]


def _shared(filters: Filters) -> dict[str, Any]:
    """Filters that both sides of a comparison share; their times are what is compared."""
    return filters.without("period").without("since").without("until").args()


def _version(session: Session) -> str:
    """Names the state of cases and boundaries that a page was made from: the same name, the same numbers."""
    return hashlib.sha256(queries.data_version(session).encode()).hexdigest()[:7]


def _activities(offered: Options) -> list[tuple[str, str]]:
    return [(one.code, f"{nama(kind)}: {nama(one)}") for kind in offered.kinds for one in kind.activities]


def _chips(asked: Asked) -> list[dict[str, str]]:
    """What is filtered, each with the address that drops it."""
    filters, offered = asked.filters, asked.offered
    said = {
        "kind": next((nama(kind) for kind in offered.kinds if kind.code == filters.kind), None),
        "activity": next((words for code, words in _activities(offered) if code == filters.activity), None),
        "period": dict(offered.periods).get(filters.period or 0),
        "state": str(STATE_LABELS[filters.state]) if filters.state else None,
        "support": str(SUPPORT_LABELS[filters.support]) if filters.support else None,
        "indicator": dict(offered.indicators).get(filters.indicator or 0),
        "tag": str(TAG_LABELS[filters.tag]) if filters.tag else None,
        "since": _("sejak %(month)s", month=bulan(filters.since.first)) if filters.since else None,
        "until": _("sampai %(month)s", month=bulan(filters.until.first)) if filters.until else None,
        "text": f"“{filters.text}”" if filters.text else None,
    }
    dropped = {name: {**_kept(), **filters.without(name).args()} for name in said}
    chips = [{"label": words, "href": _here(**dropped[name])} for name, words in said.items() if words]
    if request.args.get(BOX):
        whole = {name: value for name, value in _kept().items() if name != BOX}
        chips.append({"label": _("yang terlihat di peta"), "href": _here(**{**whole, **filters.args()})})
    return chips


def _filters() -> dict[str, Any]:
    return Filters.parse(request.args).args()


def _kept() -> dict[str, Any]:
    """What else an address says, apart from filters and the number of the page."""
    return {name: request.args[name] for name in (GROUP_PARAMETER, ITSELF, BOX) if request.args.get(name)}


def _here(**args: Any) -> str:
    return url_for(request.endpoint or "insight.nation", **(request.view_args or {}), **args)


def _way(actor: Actor, here: Standpoint) -> list[tuple[str | None, str]]:
    """Code and name of the maps above this one, down from where the person's map starts."""
    start = queries.starting_point(actor)
    country: list[tuple[str | None, str]] = [(None, _("Indonesia"))] if start is None and here.region else []
    return country + [(upper.code, upper.name) for upper in here.above if covers(start or NATION, upper.code)]


def _tiles(code: str | None, figures: Figures, filters: Filters) -> list[dict[str, Any]]:
    return [
        {
            "label": GROUP_LABELS[group],
            "value": angka(figures.of(group)),
            "note": GROUP_NOTES[group],
            "href": url_for("insight.listing", code=code, **{**filters.args(), GROUP_PARAMETER: group}),
            "tone": _TONES.get(group),
        }
        for group in Group
    ]


def _supports(session: Session, actor: Actor, here: Standpoint, filters: Filters) -> list[dict[str, Any]]:
    """Counts by support, each with the list of its cases; nothing where no case tells of any."""
    counts = queries.supports(session, actor, here.code, filters)
    if not any(counts.values()):
        return []
    return [
        {
            "label": SUPPORT_LABELS[one],
            "value": number,
            "text": angka(number),
            "href": url_for("insight.listing", code=here.code, **{**filters.args(), PARAMETERS["support"]: one}),
        }
        for one, number in counts.items()
    ]


def behind(here: Standpoint, line: RegionFigures, group: Group, filters: Filters) -> str:
    """The list of the very cases behind one number of the table."""
    itself: dict[str, Any] = {ITSELF: 1} if line.code == here.code else {}
    said = {} if group is Group.CLAIMED else {GROUP_PARAMETER: group}
    return url_for("insight.listing", code=line.code, **{**filters.args(), **said, **itself})


def _region_parts(session: Session, here: Standpoint, filters: Filters, figures: Figures | None) -> Any:
    urls = {"regions": url_for("insight.region_layer", code=here.code, **filters.args())}
    many = figures is not None and figures.claimed - figures.unplaced > MOST_POINTS
    if here.depth >= KECAMATAN and here.reach is Reach.INSIDE:
        urls["cases"] = url_for("insight.case_layer", code=here.code, **filters.args())
    elif here.reach is Reach.INSIDE:
        asked = {"code": here.code, **filters.args()}
        urls["list"] = url_for("insight.case_layer", **asked)
        somewhere = url_for("insight.case_tile", zoom=0, column=0, row=0, **asked)
        urls["tiles"] = somewhere.replace("/0/0/0.mvt", "/{z}/{x}/{y}.mvt")
    if here.reach is Reach.INSIDE:
        urls["seen"] = url_for("insight.in_view", code=here.code, **filters.args())
    unplaced = figures.unplaced if figures else 0
    without = url_for("insight.listing", code=here.code, **{**filters.args(), GROUP_PARAMETER: Group.UNPLACED})
    missing = {"without_place": unplaced, "without_list": without} if unplaced else {}
    options = {"follow": many, **missing}
    return maps.region_map(
        first_view(session, here), urls, depth=min(here.depth, 3), options=options, listed="terlihat"
    )


def first_view(session: Session, here: Standpoint) -> BBox | None:
    """What the map of a region shows first; None: what it draws."""
    return extent(session, here.code) if here.code else None


def paged(
    session: Session, wanted: Select[Evidence], page: int, *, size: int = PAGE, known: Kept | None = None
) -> dict[str, Any]:
    """One page of cases, and the ways to the pages beside it."""
    count = queries.count(session, wanted, known)
    last = max(1, -(-count // size))
    page = min(page, last)
    args = {**_kept(), **_filters()}
    return {
        "cases": queries.cases(session, wanted, page, size),
        "page": page,
        "count": count,
        "text": _(
            "Halaman %(page)s dari %(last)s · %(count)s bukti", page=angka(page), last=angka(last), count=angka(count)
        ),
        "prev": _here(**{**args, "hal": page - 1}) if page > 1 else None,
        "next": _here(**{**args, "hal": page + 1}) if page < last else None,
    }
