"""How photos of an import are grouped into cases. Pure facts."""
