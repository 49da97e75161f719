"""A release taken apart into typed spans: one file a kind of span, each with its own words. Pure.

``reader.read`` puts the files together. Each has a function ``take(work)`` that claims the
passages it knows and states what they say; what no file claims is the issuer's text.
"""
