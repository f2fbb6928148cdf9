"""Who copied whom."""
