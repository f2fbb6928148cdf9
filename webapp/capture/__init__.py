"""Capture in the field: how photos travel from a phone to the store, and the receipt each of them ends in."""
