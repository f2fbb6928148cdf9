"""The report on paper: the figures of the page, its table of regions, and the cases as far as a paper can name them."""

from typing import Any

from flask import render_template
from flask_babel import force_locale
from sqlalchemy.orm import Session

from webapp import papers
from webapp.access import Actor
from webapp.exchange.pages import Asked
from webapp.exchange.queries import Order
from webapp.exchange.rules import LISTED, Scope, Stand
from webapp.insight import pages as map_pages
from webapp.insight import queries as insight
from webapp.insight.rules import GROUP_LABELS


def pdf(session: Session, actor: Actor, order: Order, asked: Asked, stand: Stand) -> bytes:
    """The report as PDF; papers are Indonesian, whoever prints them."""
    lines = []
    if order.scope is Scope.REGION:
        lines = insight.figures(session, actor, asked.here.code, asked.filters)
    named = insight.cases(session, asked.cases, 1, LISTED)
    with force_locale("id"):
        facts: dict[str, Any] = {
            "asked": asked, "stand": stand, "lines": lines, "sum": map_pages.sum_of(lines) if lines else None,
            "groups": GROUP_LABELS, "cases": named, "listed": LISTED,
        }  # fmt: skip
        return papers.pdf(render_template("papers/unduhan.html", **facts), {})
