"""Pictures: who cannot see one reads its alt text, and nobody may print one without its rights."""

from __future__ import annotations

from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.release.model import Revision
from dispaccio.words import say


@check("picture-described", "Alt text, rights and credit of pictures")
def picture_described(revision: Revision, context: Context) -> Iterator[Finding]:
    """Stops at a picture without alt text or rights, and asks for a credit.

    It looks at those whose bytes the wire has: of a mere address nobody can say more here.
    """
    for index, item in enumerate(revision.media):
        if not (item.type or "").startswith("image/") or not item.sha256:
            continue
        where, name = f"media/{index}", item.name or str(index + 1)
        if not item.alt:
            message = say(
                "The picture {name} has no alt text: say what is to be seen in it.", name=name
            )
            yield Finding(context.text_fault, message, where)
        if not item.rights:
            message = say(
                "The picture {name} states no rights: say who may use it, and for what.", name=name
            )
            yield Finding(context.text_fault, message, where)
        if not item.credit:
            message = say(
                "The picture {name} has no credit; name whoever made it, if it is known.", name=name
            )
            yield Finding(Severity.NOTE, message, where)
