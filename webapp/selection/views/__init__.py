"""The doors of selection: lists of a period, studies abroad, nominations upwards."""

from webapp.selection.views import lists, nominations, studies
from webapp.selection.views.blueprint import bp

__all__ = ["bp", "lists", "nominations", "studies"]
