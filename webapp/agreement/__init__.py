"""Perjanjian kinerja: targets, two clocks, and decisions that only named people make."""
