"""Territory: regions and their boundaries, and which region a point lies in. Resolved once, when a place is set."""
