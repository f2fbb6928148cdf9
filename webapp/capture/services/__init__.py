"""Verbs that write uploads. None commits: the request does, or nothing stays."""
