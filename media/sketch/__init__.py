"""Drawn places for the demo: sky and land, things that stand on them, and the scenes they make together. No people."""
