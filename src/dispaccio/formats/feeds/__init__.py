"""What RSS, Atom and JSON Feed have in common: a feed, what an entry says, how one is read."""
