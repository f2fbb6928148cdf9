"""Minutes of a period (berita acara): kept, numbered, frozen and signed here; what they say is made further up."""
