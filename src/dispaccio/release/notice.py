"""What may be shown of a revision, and to whom: a notice without text while it is taken back."""

from __future__ import annotations

from dataclasses import replace

from dispaccio.release.model import Revision, Visibility
from dispaccio.release.state import Kind, Status

_BACK = (Status.WITHHELD, Status.CANCELED)
_NOTICES = (Kind.WITHHOLD, Kind.WITHDRAWAL)


def is_notice(revision: Revision) -> bool:
    """Whether the revision is shown as a notice: its release is withheld or withdrawn."""
    return revision.status in _BACK or revision.kind in _NOTICES


def shown(revision: Revision) -> Revision:
    """The revision as a writer shows it: the same, or while taken back the notice about it.

    A notice keeps who, which number, when and why, and what the wire itself stated. Nothing of
    the issuer's text is in it, no address made from its title, and no passage quoted as evidence.
    """
    if not is_notice(revision):
        return revision
    return Revision(
        language=revision.language,
        id=revision.id,
        number=revision.number,
        version=revision.version,
        kind=revision.kind,
        status=revision.status,
        url=revision.url,
        issuer=revision.issuer,
        signed_by=revision.signed_by,
        archive=revision.archive,
        label=revision.label,
        legal=revision.legal,
        wire=revision.wire,
        channel=revision.channel,
        first_created=revision.first_created,
        version_created=revision.version_created,
        release_time=revision.release_time,
        embargo=revision.embargo,
        reason=revision.reason,
        relates=revision.relates,
        hops=tuple(replace(hop, evidence=None) for hop in revision.hops),
        identifiers=revision.identifiers,
    )


def as_held(revision: Revision) -> Revision:
    """The revision for a format that knows no release time: until then it is under embargo.

    So it is as long as the revision was not made at that time, as a published one was; an embargo
    that ends later stays.
    """
    until, made = revision.release_time, revision.version_created
    if until is None or (made is not None and made >= until):
        return revision
    return replace(revision, embargo=max(until, revision.embargo or until))


def for_everyone(revision: Revision) -> Revision:
    """The revision as the public may see it: ``shown``, and no contact that is for media only."""
    seen = shown(revision)
    public = tuple(c for c in seen.contacts if c.visibility is Visibility.PUBLIC)
    return replace(seen, contacts=public)
