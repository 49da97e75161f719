"""A kit for receivers: takes what a wire sends, once and in order, and hands it on.

It stands alone: of dispaccio it needs errors and the checking of signatures, and nothing of a wire.
"""
