"""Who copied whom: what a case was adapted from."""
