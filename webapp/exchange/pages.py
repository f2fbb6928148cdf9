"""What the page of choice is made of: the very filter of the map, in words, and how much it holds."""

from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import Select
from sqlalchemy.orm import Session

from webapp.access import Actor
from webapp.evidence.models import Evidence
from webapp.exchange import queries
from webapp.exchange.forms import OrderForm
from webapp.exchange.queries import Order
from webapp.exchange.rules import AT_ONCE, LISTED, Format, Phrases, Scope
from webapp.exchange.words import phrases, title_of
from webapp.insight import pages as map_pages
from webapp.insight import queries as insight
from webapp.insight.queries import Reach, Standpoint
from webapp.insight.rules import GROUP_LABELS, Filters, Group, group_in

_VIEWS = {Scope.REGION: "region", Scope.ABROAD: "abroad", Scope.UNIT: "unit"}


@dataclass(frozen=True)
class Asked:
    """An order as it was read, and what it comes to. `shown`: what the list of the map says of the same filter."""

    order: Order
    here: Standpoint
    filters: Filters
    group: Group
    cases: Select[Evidence]
    count: int
    said: Phrases
    shown: dict[str, Any]


def asked(session: Session, actor: Actor, order: Order) -> Asked:
    """Read an address. Raises `NotFound`, `UnknownFilter`."""
    cases = queries.wanted(session, actor, order)
    filters, group = Filters(), Group.CLAIMED
    here, shown, chips = Standpoint(None, (), Reach.INSIDE), dict[str, Any](), list[str]()
    if order.scope is not Scope.UNIT:
        filters, group = Filters.parse(order.args), group_in(order.args)
        offered = insight.options(session, actor, filters)
        insight.check(offered, filters)
        if order.scope is Scope.REGION:
            here = insight.standpoint(session, actor, order.code, inside=True)
        shown = map_pages.listing(session, here, cases, map_pages.Asked(filters, group, offered), 1, None)
        figure = [str(GROUP_LABELS[group])] if group is not Group.CLAIMED else []
        chips = [*figure, *(chip["label"] for chip in shown["chips"])]
    count = shown["count"] if shown else insight.count(session, cases)
    sources = insight.sources(session, queries.areas_of(actor, order))
    said = phrases(title_of(order.scope, here), here.time_zone, chips, sources, personal=order.scope is Scope.UNIT)
    return Asked(order, here, filters, group, cases, count, said, shown)


def form(actor: Actor, order: Order, *, blank: bool) -> OrderForm:
    """As it was sent, or blank."""
    made = OrderForm(formdata=None) if blank else OrderForm()
    inside = queries.areas_of(actor, order)
    made.offer(originals=queries.may_take(actor, order.scope, inside, originals=True))
    return made


def choice(asked: Asked, form: OrderForm) -> dict[str, Any]:
    """The page on which a file is chosen."""
    return {
        "form": form,
        "asked": asked,
        "action": _address(f"ask_{_VIEWS[asked.order.scope]}", asked.order),
        "back": _back(asked),
        "at_once": AT_ONCE,
        "listed": LISTED,
    }


def choice_address(order: Order) -> str:
    """The page on which a file of an order is chosen."""
    return _address(_VIEWS[order.scope], order)


def file_address(order: Order, kind: Format) -> str:
    """Where the file of an order is answered at once."""
    return _address(f"{_VIEWS[order.scope]}_file", order, kind=kind)


def _address(view: str, order: Order, **values: Any) -> str:
    code = {"code": order.code} if order.scope is Scope.REGION else {}
    return url_for(f"exchange.{view}", **{**order.query, **code, **values})


def _back(asked: Asked) -> str:
    args = asked.filters.args()
    if asked.order.scope is Scope.ABROAD:
        return url_for("insight.study", **args)
    if asked.order.scope is Scope.UNIT:
        return url_for("evidence.listing")
    code = asked.order.code
    return url_for("insight.region", code=code, **args) if code else url_for("insight.nation", **args)
