"""The doors of selection."""
