"""The ways of sending, one a file."""
