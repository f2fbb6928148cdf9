"""Out of the map: what a filter shows, as a file. Whoever may see it may take it, nobody else and nothing more."""
