"""Pictures and files: what kind one is, its name, and what is published of it. No store, no web."""
