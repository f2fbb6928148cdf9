"""The map in time: what the page and its script are told, step by step of the calendar."""

import json
from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from webapp import charts
from webapp.access import Actor
from webapp.formatting import angka, bulan, bulan_pendek
from webapp.insight import maps, pages, queries
from webapp.insight.errors import UnknownFilter
from webapp.insight.queries import RegionFigures, Standpoint, Timeline
from webapp.insight.rules import FEW, GROUP_LABELS, Figures, Filters, Group, Month, Step, month, shade, total

LEADING = 5  # regions named before the table
STEP, AT = "langkah", "bulan"  # of the address: how finely, and which step is shown


def step_in(args: Any) -> Step:
    """Raises `UnknownFilter`."""
    asked = args.get(STEP) or Step.MONTH
    if asked not in set(Step):
        raise UnknownFilter(field=STEP)
    return Step(asked)


def shown_in(args: Any, line: Timeline) -> Month | None:
    """The step the address asks for, else the latest; None where there is none. Raises `UnknownFilter`."""
    asked = args.get(AT)
    if not asked:
        return line.steps[-1] if line.steps else None
    try:
        at = line.step.start(month(asked))
    except ValueError as why:
        raise UnknownFilter(field=AT) from why
    return min(max(at, line.steps[0]), line.steps[-1]) if line.steps else None


def page(
    session: Session, actor: Actor, here: Standpoint, asked: pages.Asked, line: Timeline, at: Month | None
) -> pages.Context:
    """The map of one step, its table, and the table of all steps."""
    known = queries.figures(session, actor, here.code, asked.filters)
    filters = queries.during(asked.filters, line.step, at) if at else asked.filters
    step = {STEP: line.step.value}
    rows = [(one, line.of(one.code, at)) for one in known] if at else []
    sums = line.sums(region.code for region in known)
    address = {**asked.filters.args(), **step}
    return {
        **pages.common(here, asked),
        "at": at,
        "at_words": words(line.step, at) if at else "",
        "cut": line.cut,
        "step_names": [(Step.MONTH, _("Per bulan")), (Step.QUARTER, _("Per triwulan"))],
        "step": line.step,
        "step_options": [(one, words(line.step, one)) for one in line.steps],
        "rows": rows,
        "sums": [
            (one, words(line.step, one), figures, url_for("insight.time", code=here.code, **{**address, AT: str(one)}))
            for one, figures in sums
        ],
        "sum_now": total(figures for _, figures in rows),
        "few_claims": FEW,
        "leading": sorted((row for row in rows if not row[1].silent), key=_most_verified)[:LEADING],
        "silent": [one.name for one, figures in rows if figures.silent and not one.itself],
        "chart": _chart(line.step, sums),
        "chart_said": _said(line.step, sums),
        "behind": lambda row, group: pages.behind(here, row, group, filters),
        "groups": GROUP_LABELS,
        "json_url": url_for("insight.time_figures", code=here.code, **address),
        "kept": {STEP: line.step.value, **({AT: str(at)} if at else {})},
        "parts": _map(session, here, filters),
        "units": _silent(rows),
    }


def _most_verified(row: tuple[RegionFigures, Figures]) -> tuple[int, int, str]:
    line, figures = row
    return -figures.verified, -figures.claimed, line.code


def _chart(step: Step, sums: Sequence[tuple[Month, Figures]]) -> charts.Trend:
    shown = (Group.CLAIMED, Group.VERIFIED)
    series = (
        charts.Series(str(GROUP_LABELS[group]), mark, tuple(figures.of(group) for _, figures in sums))
        for mark, group in enumerate(shown, start=1)
    )
    return charts.Trend(tuple(_short(step, at) for at, _ in sums), tuple(series))


def _short(step: Step, at: Month) -> str:
    """ "Mar 26", "T1 26": where there is little room."""
    if step is Step.MONTH:
        return bulan_pendek(at.first)
    return str(_("T%(n)s %(year)s", n=(at.month + 2) // 3, year=f"{at.year % 100:02d}"))


def _said(step: Step, sums: Sequence[tuple[Month, Figures]]) -> str:
    """What the chart shows, for who cannot see it."""
    if not sums:
        return ""
    highest, figures = max(sums, key=lambda one: one[1].claimed)
    return str(
        _("%(first)s sampai %(last)s; paling banyak diklaim pada %(when)s: %(n)s.", first=words(step, sums[0][0]),
          last=words(step, sums[-1][0]), when=words(step, highest), n=angka(figures.claimed))
    )  # fmt: skip


def _silent(rows: Sequence[tuple[RegionFigures, Any]]) -> tuple[int, int]:
    below = [figures for one, figures in rows if one.figures and not one.itself]
    return sum(figures.silent for figures in below), len(below)


def _map(session: Session, here: Standpoint, filters: Any) -> Any:
    urls = {"regions": url_for("insight.region_layer", code=here.code, **filters.args())}
    return maps.region_map(pages.first_view(session, here), urls, depth=min(here.depth, 3), options={})


def words(step: Step, at: Month) -> str:
    """ "Maret 2026", "Triwulan 1 2026"."""
    if step is Step.MONTH:
        return bulan(at.first)
    return str(_("Triwulan %(n)s %(year)s", n=(at.month + 2) // 3, year=at.year))


def _step(filters: Filters, step: Step, at: Month) -> dict[str, str]:
    """A step, and the months that a list of its cases is asked for with."""
    shown = queries.during(filters, step, at)
    return {"key": str(at), "label": words(step, at), "since": str(shown.since), "until": str(shown.until)}


def figures_json(here: Standpoint, filters: Filters, known: Sequence[RegionFigures], line: Timeline) -> str:
    """Every figure of every region at every step: `values` in the order of `groups`, `shades` as in the legend."""
    depth = min(here.depth, 3)
    sums = line.sums(one.code for one in known)
    told = {
        "steps": [_step(filters, line.step, at) for at in line.steps],
        "groups": [{"key": group, "label": str(words_)} for group, words_ in GROUP_LABELS.items()],
        "silent": _("Belum ada bukti"),
        "sums": [[figures.of(group) for group in Group] for _at, figures in sums],
        "regions": {
            one.code: {
                "values": [[line.of(one.code, at).of(group) for group in Group] for at in line.steps],
                "shades": [shade(line.of(one.code, at).verified, depth) for at in line.steps],
            }
            for one in known
        },
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))
