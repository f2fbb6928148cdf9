"""One reader per file type: what the bytes say before any decoder sees them. Pure bytes, no imaging library."""
