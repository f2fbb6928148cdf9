"""Conflicts of interest: derived from posts and own work, declared per period; one definition for all who judge."""
