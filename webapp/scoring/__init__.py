"""Scoring: claims that tie evidence to indicators, scores by assessors, and the gate before a result is final."""
