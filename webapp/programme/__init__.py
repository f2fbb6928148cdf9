"""Programmes: periods, instruments with their weights, participants, study assignments."""
