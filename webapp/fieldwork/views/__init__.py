"""The doors of work in the field."""
