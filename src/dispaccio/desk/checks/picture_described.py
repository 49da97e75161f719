"""Pictures: who cannot see one reads its alt text, and nobody may print one without its rights."""

from __future__ import annotations

from collections.abc import Iterator

from dispaccio.desk.checks.base import Context, Finding, Severity, check
from dispaccio.release.model import Revision


@check("picture-described", "Alt text, rights and credit of pictures")
def picture_described(revision: Revision, context: Context) -> Iterator[Finding]:
    """Stops at a picture without alt text or rights, and asks for a credit.

    It looks at those whose bytes the wire has: of a mere address nobody can say more here.
    """
    for index, item in enumerate(revision.media):
        if not (item.type or "").startswith("image/") or not item.sha256:
            continue
        where, name = f"media/{index}", item.name or "a picture"
        if not item.alt:
            message = f"The picture {name} has no alt text: say what is to be seen in it."
            yield Finding(context.text_fault, message, where)
        if not item.rights:
            message = f"The picture {name} states no rights: say who may use it, and for what."
            yield Finding(context.text_fault, message, where)
        if not item.credit:
            message = f"The picture {name} has no credit; name whoever made it, if it is known."
            yield Finding(Severity.NOTE, message, where)
