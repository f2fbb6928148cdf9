"""Verification: the desk's queue and verdicts, the visit on site. Nobody reviews their own work or their own unit."""
