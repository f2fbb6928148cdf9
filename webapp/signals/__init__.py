"""Signals: named facts about photos and cases, each with its numbers, for people to weigh. None decides anything."""
