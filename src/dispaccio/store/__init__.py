"""Where a wire is kept. SQL stands only here; SQLite and PostgreSQL run the same statements."""
