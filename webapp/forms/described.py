"""What a view takes and answers, said beside the view: the description of the doors for scripts is made from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from webapp.forms.base import BaseForm
from webapp.forms.parts import Part
from webapp.forms.schema import Schema

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Described:
    """`query`: the form its address may carry; `names`: other texts there; `body`: what it takes; `answers`: by status.

    `body` is a function, because the choices of a form depend on who asks.
    """

    query: type[BaseForm] | None = None
    names: tuple[str, ...] = ()
    body: Callable[[], Part] | None = None
    answers: Mapping[int, Schema] = field(default_factory=dict)


def described(**said: Any) -> Callable[[View], View]:
    """Say it of a view: `@described(query=ListQuery, answers={200: …})`, below the route; see `Described`."""
    what = Described(**said)

    def mark(view: View) -> View:
        view.described = what  # type: ignore[attr-defined]
        return view

    return mark


def description_of(view: Any) -> Described:
    """What was said of a view, or that nothing was."""
    found = getattr(view, "described", None)
    return found if isinstance(found, Described) else Described()
