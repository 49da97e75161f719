"""The headings of sections that are not the text: contacts, boilerplate, notes to editors."""

from __future__ import annotations

from dispaccio.anatomy import boilerplate, contacts, notes
from dispaccio.anatomy.work import HEADED, Work


def find(work: Work) -> None:
    """Note every such heading, so that no section swallows the next one."""
    for index, passage in work.lines(HEADED):
        text = passage.text
        if (
            contacts.heading(text) is not None
            or notes.heading(text) is not None
            or boilerplate.heading(text) is not None
        ):
            work.headings.add(index)
