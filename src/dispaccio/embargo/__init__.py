"""Unreleased bytes: the vault they lie in, and the schedule that opens them."""
