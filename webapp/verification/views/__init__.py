"""The doors of verification: the desk's queue, the desk, the field."""

from webapp.verification.views import desk, field, objections, queue, visit
from webapp.verification.views.blueprint import bp

__all__ = ["bp", "desk", "field", "objections", "queue", "visit"]
