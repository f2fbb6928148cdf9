"""Pure facts of the record."""
