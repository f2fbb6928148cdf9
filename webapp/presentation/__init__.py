"""Presentations: who is heard when and where, who was there, and who was not and why."""
