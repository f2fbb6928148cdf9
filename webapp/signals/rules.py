"""Signals as pure facts: plain values in, a named fact with its numbers out."""

from enum import StrEnum


class Weight(StrEnum):
    """How much a fact says. STRONG: what honest people almost never produce; NOTE: worth knowing, no reproach."""

    STRONG = "strong"
    WEAK = "weak"
    NOTE = "note"
