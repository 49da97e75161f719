"""Who signs, and what enters the log."""
