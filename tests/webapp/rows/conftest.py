"""Fixtures of other rooms that rows of the articles go through."""

from tests.webapp.transmission.conftest import centre, sessions

__all__ = ["centre", "sessions"]
