"""Reporting: rules, verbs, pages."""
