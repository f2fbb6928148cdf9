"""Photos: bytes in, `TakenPhoto` out.

A library. It knows no web framework, no database, no settings and no user-facing sentence: a refusal carries a stable
code, and the caller says it in words. `media.intake.take_in` is the whole way in; everything else is a step of it.
"""
