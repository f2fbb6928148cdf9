"""The browsers of verification serve here too."""

from tests.webapp.verification.conftest import browser

__all__ = ["browser"]
