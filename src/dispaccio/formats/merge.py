"""Putting together what two places of one document say."""

from __future__ import annotations

from dataclasses import fields, replace

from dispaccio.release.model import Revision


def fill(first: Revision, second: Revision) -> Revision:
    """``first``, with what it is silent about taken from ``second``."""
    silent = {
        field.name: said
        for field in fields(Revision)
        if getattr(first, field.name) in (None, (), "")
        and (said := getattr(second, field.name)) not in (None, (), "")
    }
    return replace(first, **silent)
