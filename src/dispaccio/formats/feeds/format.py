"""A format of feeds, read and written; what differs between them is handed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dispaccio.formats.base import PROTOCOL_VERSION, About, Options
from dispaccio.formats.feeds.feed import Feed, of_one
from dispaccio.release.model import Reading, Revision


class FeedFormat:
    """RSS, Atom or JSON Feed. A document holds many releases; written alone, one has a feed."""

    version = PROTOCOL_VERSION

    def __init__(
        self,
        name: str,
        title: str,
        *,
        media_type: str,
        suffixes: tuple[str, ...],
        recognises: Callable[[bytes], bool],
        read: Callable[[bytes, Options], list[Reading]],
        write: Callable[[Feed, Sequence[Revision]], bytes],
    ) -> None:
        self.name = name
        self.about = About(
            title=title,
            media_types=(media_type,),
            suffixes=suffixes,
            reads=True,
            writes=True,
            lossless=False,
            many=True,
            recognises=recognises,
        )
        self._read, self._write = read, write

    def read(self, data: bytes, options: Options) -> list[Reading]:
        """The releases of a feed; in Atom an entry may stand alone, and a tombstone is one, too.

        Raises MalformedDocument with the line or path, EmptyInput for a feed of nothing, TooLarge.
        """
        return self._read(data, options)

    def write(self, revision: Revision) -> bytes:
        """The feed that holds this one release."""
        return self._write(of_one(revision), [revision])
