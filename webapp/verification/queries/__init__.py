"""Reads of verification. All of them start at `evidence.queries.visible_to`."""
