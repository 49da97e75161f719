"""A release: its page, the pages of its versions, and its twins for programs."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from dispaccio.release.notice import for_everyone
from dispaccio.release.state import TEXT_KINDS, Status
from dispaccio.site import addresses, answers, facets
from dispaccio.site.addresses import ReleaseAddress
from dispaccio.site.diff import Passage, changes
from dispaccio.site.pages import CORRECTING, Reader, render
from dispaccio.site.pictures import enclosures
from dispaccio.store.organisations import Named
from dispaccio.wire.public import Public
from dispaccio.wire.shown import PublicRelease, Shown, Version

LONGEST_OLD = 2_000
"""Characters of an old address that are looked up."""
TWIN_ORDER = ("text", "html", "markdown", "ninjs", "dispaccio")
"""The order in which a page offers its twins; others follow."""


@dataclass(frozen=True, slots=True)
class Correction:
    """The newest change of a text, and what it changed (nothing for a mere repetition)."""

    version: Version
    before: int
    passages: tuple[Passage, ...]


def release(public: Public, request: Request) -> Response | None:
    """``/r/<number>`` with a slug, a version or a suffix, or none of them."""
    asked = addresses.parse_release(request.path_params["rest"])
    if asked is None:
        return None
    if asked.suffix:
        return _twin(public, asked)
    found = public.release(asked.number)
    if found is None:
        return None
    reader = Reader.of(request)
    if asked.version is not None:
        shown = public.version(asked.number, asked.version)
        return _page(public, reader, found, shown) if shown else None
    right = addresses.page(asked.number, found.shown.revision.headline)
    if asked.slug is not None and right != f"/r/{asked.number}/{asked.slug}":
        return answers.moved(reader.to(right))
    return _page(public, reader, found, found.shown)


def moved(public: Public, request: Request) -> Response | None:
    """The redirect (301) of an old address, with or without its query, to the release it was of."""
    path, query = request.url.path, request.url.query
    for old in (f"{path}?{query}", path) if query else (path,):
        if len(old) <= LONGEST_OLD and (shown := public.moved(old)):
            to = addresses.page(shown.number, shown.revision.headline)
            return answers.moved(to, status=301)
    return None


def _twin(public: Public, asked: ReleaseAddress) -> Response | None:
    if asked.suffix == addresses.PROOF:
        known = asked.version is None or public.version(asked.number, asked.version)
        proof = public.proof(asked.number) if known else None
        return answers.document(proof, "application/json") if proof else None
    name = addresses.twins().get(asked.suffix or "")
    found = public.rendering(asked.number, asked.version, name) if name else None
    return answers.document(found.body, found.media_type) if found else None


def _page(public: Public, reader: Reader, found: PublicRelease, shown: Shown) -> Response:
    usable = found.shown.status is Status.USABLE
    revision = for_everyone(shown.revision)
    newest = max((v.version for v in found.versions if v.kind in TEXT_KINDS), default=1)
    return answers.page(
        render(
            public,
            reader,
            "release.html",
            release=found,
            shown=shown,
            revision=revision,
            files=enclosures(public, revision),
            subjects=facets.of_release(revision.subjects, reader.language),
            version=next(v for v in found.versions if v.version == shown.version),
            usable=usable,
            superseded=usable and shown.version < newest,
            correction=_correction(public, found, shown) if usable else None,
            permanent=f"{public.url}/r/{shown.number}",
            channel=_channel(public, shown.revision.channel),
            twins=_twins(found, shown),
        )
    )


def _channel(public: Public, name: str | None) -> Named | None:
    """The channel of that name, if it is one of this wire's."""
    return next((known for known in public.channels() if known.name == name), None)


def _correction(public: Public, found: PublicRelease, shown: Shown) -> Correction | None:
    """What led to the text that is shown: its own revision against the text before it."""
    texts = [v for v in found.versions if v.kind in TEXT_KINDS and v.version <= shown.version]
    if not texts or texts[-1].kind not in CORRECTING or len(texts) < 2:
        return None
    before = public.version(shown.number, texts[-2].version)
    after = public.version(shown.number, texts[-1].version)
    if before is None or after is None:
        return None
    passages = changes(for_everyone(before.revision), for_everyone(after.revision))
    return Correction(texts[-1], texts[-2].version, tuple(passages))


def _twins(found: PublicRelease, shown: Shown) -> list[tuple[str, str]]:
    """The formats of this address, each with its path."""
    own = found.shown.version != shown.version
    path = addresses.page(shown.number, version=shown.version if own else None)
    known = [(name, f"{path}{suffix}") for suffix, name in addresses.twins().items()]
    order = {name: index for index, name in enumerate(TWIN_ORDER)}
    return sorted(known, key=lambda twin: order.get(twin[0], len(order)))
