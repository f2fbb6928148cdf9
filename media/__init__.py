"""Photos: bytes in, `TakenPhoto` out.

A library. It knows no web framework, no database, no settings and no user-facing sentence: a refusal carries a stable
code, and the caller says it in words. `media.intake.Intake` is the whole way in, everything else a step of it; what
opens pictures runs in children that are limited (`media.decoding`), never in the process that was asked.
"""
