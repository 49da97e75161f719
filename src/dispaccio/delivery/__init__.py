"""How a release goes out: signed, sent, tried again, settled."""
