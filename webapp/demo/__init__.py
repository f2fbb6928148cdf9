"""Demo data: the five founding areas with 54 cases, led to their states by the product's own verbs. No person's name."""
