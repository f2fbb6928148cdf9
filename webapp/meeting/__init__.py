"""Rapat: series of meetings, who came by unit, what was decided, and items that come back until they are closed."""
