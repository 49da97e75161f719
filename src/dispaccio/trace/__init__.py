"""Whose text is this: normalising, finding and aligning copies. Pure."""
