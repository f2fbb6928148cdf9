"""What leadership reads in five minutes: every unit's quarters and evidence on one screen, and frozen for a meeting."""
