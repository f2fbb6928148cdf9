"""Asking for a file, making it, taking it, and the end of it."""

from webapp.exchange.services.asking import ask, ask_again, note_taken
from webapp.exchange.services.ending import end, tidy_up
from webapp.exchange.services.making import Workshop, make

__all__ = ["Workshop", "ask", "ask_again", "end", "make", "note_taken", "tidy_up"]
