"""Finding formats: by name, by media type, by what a document looks like."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from importlib.metadata import entry_points

from dispaccio.errors import EmptyInput, MalformedDocument, TooLarge, UnknownFormat
from dispaccio.formats.base import MAX_BYTES, MAX_MANY_BYTES, PROTOCOL_VERSION, Format, Options
from dispaccio.release.model import Reading
from dispaccio.words import in_a_row, say

GROUP = "dispaccio.formats"
_FEEDS = ("atom", "json-feed", "rss")


@lru_cache(maxsize=1)
def formats() -> dict[str, Format]:
    """Every installed format by its name, built-in and third-party ones alike."""
    found: dict[str, Format] = {}
    for point in entry_points(group=GROUP):
        loaded: Format = point.load()
        if loaded.version == PROTOCOL_VERSION:
            found[loaded.name] = loaded
    return found


def by_name(name: str) -> Format:
    """The format of that name. Raises UnknownFormat, which lists the names."""
    try:
        return formats()[name]
    except KeyError:
        raise UnknownFormat(
            say(
                "There is no format {name}; {likely}",
                name=repr(name),
                likely=likely(name, formats()),
            )
        ) from None


def _to_read(name: str) -> Format:
    """The format of that name, which is read. Raises UnknownFormat, which lists those that are."""
    known = {key: format for key, format in formats().items() if format.about.reads}
    if name not in formats():
        raise UnknownFormat(
            say("There is no format {name}; {likely}", name=repr(name), likely=likely(name, known))
        )
    if name not in known:
        raise UnknownFormat(say("The format {name} is only written, not read.", name=repr(name)))
    return known[name]


def likely(name: str, known: Iterable[str]) -> str:
    """What may have been meant by a name that there is not, and all that there are."""
    known = sorted(known)
    near = get_close_matches(name.lower().strip("."), known, n=1, cutoff=0.7)
    if not near:
        return say("there are: {known}.", known=in_a_row(known))
    return say(
        "did you mean {name}? There are: {known}.", name=repr(near[0]), known=in_a_row(known)
    )


def by_media_type(media_type: str) -> Format:
    """The readable format of a media type (parameters are ignored). Raises UnknownFormat."""
    bare = media_type.partition(";")[0].strip().lower()
    for candidate in formats().values():
        if candidate.about.reads and bare in candidate.about.media_types:
            return candidate
    known = ", ".join(sorted(f.about.media_types[0] for f in formats().values() if f.about.reads))
    raise UnknownFormat(
        say("This wire reads no {type}; it reads: {known}.", type=repr(bare), known=known)
    )


def by_suffix(file: str) -> Format | None:
    """The readable format whose suffix a file's name has; None for no format's."""
    bare = file.lower()
    named = [
        (len(suffix), candidate)
        for candidate in formats().values()
        for suffix in candidate.about.suffixes
        if candidate.about.reads and bare.endswith(suffix)
    ]
    return max(named, key=lambda pair: pair[0])[1] if named else None


def detect(data: bytes, file: str | None = None) -> Format:
    """The format that a document is in, by its own marks; plain text is the last resort.

    ``file`` is its name: what may be a page or text is Markdown where the suffix says so. Raises
    MalformedDocument for a page where the suffix says that it is a feed, as servers answer with
    one that has no feed at the moment.
    """
    readable = [f for f in formats().values() if f.about.reads and f.name != "text"]
    recognised = (candidate for candidate in readable if candidate.about.recognises(data))
    found = next(recognised, None) or by_name("text")
    named = by_suffix(file) if file else None
    if named and named.name == "markdown" and found.name in ("html", "text"):
        return named
    if named and named.name in _FEEDS and found.name == "html":
        raise MalformedDocument(
            say(
                "This is an HTML page, and by its name it should be {title}; fetch the feed "
                "again, or name its format with --as.",
                title=named.about.title,
            )
        )
    return found


def read(
    data: bytes,
    name: str | None = None,
    options: Options | None = None,
    *,
    file: str | None = None,
) -> list[Reading]:
    """The releases in a document; ``name`` overrides what the document and its file look like.

    Raises EmptyInput, TooLarge, UnknownFormat, or what the format's reader raises.
    """
    if not data.strip():
        if data:
            raise EmptyInput(say("The document holds only blanks; write a headline and a text."))
        raise EmptyInput
    chosen = _to_read(name) if name else detect(data, file)
    most = MAX_MANY_BYTES if chosen.about.many else MAX_BYTES
    if len(data) > most:
        raise TooLarge(
            say(
                "The document has {count} bytes; as {title} the wire takes {most} at the most.",
                count=len(data),
                title=chosen.about.title,
                most=most,
            )
        )
    return chosen.read(data, options or Options())
