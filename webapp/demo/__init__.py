"""Demo data: five founding areas with 54 cases, led to their states by the product's own verbs; no person's name."""
