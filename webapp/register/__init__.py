"""The register of regulations: what is in force where, since when and until when."""
