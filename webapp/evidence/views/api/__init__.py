"""The door for scripts, `/api/v1`: JSON in, JSON out, the same forms and services as the pages."""

from webapp.evidence.views.api import cases, description
from webapp.evidence.views.api.blueprint import bp

__all__ = ["bp", "cases", "description"]
