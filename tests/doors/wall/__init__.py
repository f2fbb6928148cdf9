"""The second wall, tried with raw SQL."""
