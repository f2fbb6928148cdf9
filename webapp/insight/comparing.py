"""Two times or two regions side by side: what the address asks for, two maps, and one table with the difference."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from webapp.access import Actor
from webapp.formatting import bulan
from webapp.insight import maps, pages, queries
from webapp.insight.queries import Options, Reach, RegionFigures, Standpoint
from webapp.insight.rules import GROUP_LABELS, PARAMETERS, SCALE, Figures, Filters, Group
from webapp.territory.models import Region
from webapp.territory.queries import children

LEFT, RIGHT = "kiri", "kanan"
OF_A_SIDE = ("period", "since", "until")  # what the sides may differ in, besides the region


@dataclass(frozen=True)
class Side:
    """One of the two: where, when, and what is counted there."""

    name: str
    here: Standpoint
    filters: Filters
    lines: list[RegionFigures]

    @property
    def figures(self) -> Figures:
        return pages.sum_of(self.lines)

    @property
    def silent(self) -> tuple[int, int]:
        return pages.units_of(self.lines)


def filters_of(name: str, args: Mapping[str, str]) -> Filters:
    """The filters of one side: those both share, and its own time (`kiri_dari=2026-01`). Raises `UnknownFilter`."""
    own = {PARAMETERS[part]: args.get(f"{name}_{PARAMETERS[part]}", "") for part in OF_A_SIDE}
    shared = {word: args.get(word, "") for part, word in PARAMETERS.items() if part not in OF_A_SIDE}
    return Filters.parse({**shared, **own})


def side(session: Session, actor: Actor, name: str, code: str | None, filters: Filters) -> Side:
    """Raises `NotFound` for a region whose numbers this person does not read."""
    here = queries.standpoint(session, actor, code, inside=True)
    return Side(name, here, filters, queries.figures(session, actor, code, filters))


def page(session: Session, actor: Actor, left: Side, right: Side, offered: Options) -> pages.Context:
    """Two maps, the table of both, and by region where both show the same one."""
    same = left.here.code == right.here.code
    asked = pages.Asked(replace(left.filters, period=None, since=None, until=None), Group.CLAIMED, offered)
    called = [called_of(one, offered) for one in (left, right)]
    if called[0] == called[1]:
        called = [_("%(what)s (kiri)", what=called[0]), _("%(what)s (kanan)", what=called[1])]
    borders = [queries.sources(session, [line.code for line in one.lines if not line.itself]) for one in (left, right)]
    scale = min(_level(one, bool(known)) for one, known in zip((left, right), borders, strict=True))
    sides = [
        (words, _layer(one, scale), pages.first_view(session, one.here))
        for words, one in zip(called, (left, right), strict=True)
    ]
    return {
        **pages.common(left.here, asked),
        "sides": [
            {"side": one, "called": words, "href": _region(one)}
            for one, words in zip((left, right), called, strict=True)
        ],
        "own": {part: PARAMETERS[part] for part in OF_A_SIDE},
        "regions": _regions(session, actor, (left.here, right.here)),
        "rows": [(GROUP_LABELS[group], left.figures.of(group), right.figures.of(group)) for group in Group],
        "by_region": _by_region(left, right) if same else [],
        "same": same,
        "parts": maps.paired_map(sides, together=same),
        "sources": list({one.id: one for known in borders for one in known}.values()),
        "legend": maps.shade_legend(scale),
    }


def called_of(one: Side, offered: Options) -> str:
    """A side in words: its region, its time, its period."""
    region = one.here.region.name if one.here.region else _("Indonesia")
    filters = one.filters
    said = [dict(offered.periods).get(filters.period or 0)]
    if filters.since and filters.until:
        said.append(_("%(since)s – %(until)s", since=bulan(filters.since.first), until=bulan(filters.until.first)))
    elif filters.since:
        said.append(_("sejak %(month)s", month=bulan(filters.since.first)))
    elif filters.until:
        said.append(_("sampai %(month)s", month=bulan(filters.until.first)))
    told = [words for words in said if words] or [_("semua waktu")]
    return " · ".join([region, *told])


def _by_region(left: Side, right: Side) -> list[tuple[RegionFigures, Figures, Figures]]:
    """Each region below that has sent something on one side, with the figures of both."""
    other = {(line.code, line.itself): line.figures or Figures() for line in right.lines}
    mine = {(line.code, line.itself) for line in left.lines}
    rest = [replace(one, figures=Figures()) for one in right.lines if (one.code, one.itself) not in mine]
    lines = [*left.lines, *rest]
    found = [(line, line.figures or Figures(), other.get((line.code, line.itself), Figures())) for line in lines]
    return [one for one in found if not (one[1].silent and one[2].silent)]


def _level(one: Side, parts_drawn: bool) -> int:
    """The level of the regions drawn: those below, or where these have no boundaries the region itself."""
    return min(one.here.depth, 3) if parts_drawn or one.here.region is None else one.here.depth - 1


def _layer(one: Side, scale: int) -> str:
    return url_for("insight.region_layer", code=one.here.code, **{**one.filters.args(), SCALE: scale})


def _region(one: Side) -> str:
    return url_for("insight.region" if one.here.code else "insight.nation", code=one.here.code, **one.filters.args())


def _regions(session: Session, actor: Actor, shown: tuple[Standpoint, ...]) -> list[tuple[str, str]]:
    """Regions to choose from: those shown, what lies above, beside and below them, as far as numbers are read there."""
    found: dict[str, Region] = {}
    for here in shown:
        line = [*here.above, *([here.region] if here.region else [])]
        beside = here.above[-1].code if here.above else None
        for region in (*line, *children(session, beside), *children(session, here.code)):
            if region.valid_to is None or region in line:
                found[region.code] = region
    read = [one for code, one in sorted(found.items()) if queries.reach(actor, code) is Reach.INSIDE]
    nation = [("", _("Indonesia"))] if queries.reach(actor, None) is Reach.INSIDE else []
    return nation + [(one.code, f"{one.name} ({one.code})") for one in read]
