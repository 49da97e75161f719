"""The road of a release: one use case a file."""
