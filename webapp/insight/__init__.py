"""Insight: the innovation map and its numbers. Reads only; one query behind a map and its table."""
