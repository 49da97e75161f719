"""dispaccio: an open press-release wire."""

__version__ = "0.1.0"
