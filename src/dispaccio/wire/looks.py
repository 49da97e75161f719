"""What a wire looks like to its readers: its logo, its colours, and its own pages.

All of it lies in the home, and is read once, when somebody first asks what the wire looks like.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dispaccio.errors import DispaccioError, MalformedSettings
from dispaccio.formats.markdown import blocks
from dispaccio.release.model import Revision
from dispaccio.settings import INTERFACE, Settings
from dispaccio.wire import logo

FOLDER = "pages"
KINDS = ("imprint", "privacy", "accessibility")
"""The pages of a wire about itself. The first has no text but the wire's own."""
OWN_TEXT = frozenset({"imprint"})
MOST_BYTES = 200_000
"""Of the text of one page."""
_FILE = re.compile(rf"(?P<kind>{'|'.join(KINDS)})\.(?P<language>{'|'.join(INTERFACE)})\.md")


@dataclass(frozen=True, slots=True)
class Served:
    """A file of the wire's own, and the path at which these very bytes are served for ever."""

    path: str
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class OwnPage:
    """A page that the wire wrote about itself; an empty ``title`` stands for the usual one."""

    language: str
    title: str
    text: Revision


@dataclass(frozen=True, slots=True)
class Looks:
    """All that a wire's pages have of its own; ``pages`` by kind and language."""

    logo: Served | None = None
    sheet: Served | None = None
    pages: Mapping[tuple[str, str], OwnPage] = field(default_factory=dict)

    @property
    def offered(self) -> tuple[str, ...]:
        """The pages about itself that this wire has."""
        own = {kind for kind, _ in self.pages}
        return tuple(kind for kind in KINDS if kind in own or kind not in OWN_TEXT)

    def page(self, kind: str, language: str) -> OwnPage | None:
        """The wire's own page in this language, else in another one, else None."""
        known = [self.pages.get((kind, code)) for code in (language, *INTERFACE)]
        return next((page for page in known if page), None)


def read(home: Path, settings: Settings) -> Looks:
    """What the wire of a home looks like.

    Raises MalformedSettings for a logo or a page that cannot be used.
    """
    mark = _logo(home, settings.logo) if settings.logo else None
    served = _served("logo", settings.logo[-3:], mark.media_type, mark.body) if mark else None
    style = "".join(_style(settings, mark))
    sheet = _served("look", "css", "text/css; charset=utf-8", style.encode()) if style else None
    return Looks(served, sheet, dict(_pages(home / FOLDER)))


def unknown(home: Path) -> list[str]:
    """The files beside a wire's own pages that are none, by name."""
    folder = home / FOLDER
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    return [name for name in names if not _FILE.fullmatch(name)]


def _logo(home: Path, name: str) -> logo.Logo:
    try:
        data = (home / name).read_bytes()
    except OSError as error:
        raise MalformedSettings(
            f"The logo {name} cannot be read from the home: {error.strerror}."
        ) from None
    return logo.read(data, name)


def _style(settings: Settings, mark: logo.Logo | None) -> Iterator[str]:
    """The custom properties of the colours, for the screen; on paper nothing is coloured.

    A page may ask for one of the two themes by itself, as a list in somebody else's page does.
    """
    for theme, colour in (("light", settings.colour), ("dark", settings.colour_dark)):
        if colour:
            other = "dark" if theme == "light" else "light"
            said = f"{{--link:{colour}}}"
            yield f"@media screen and (prefers-color-scheme:{theme})"
            yield f"{{:root:not([data-theme={other}]){said}}}\n"
            yield f"@media screen{{:root[data-theme={theme}]{said}}}\n"
    if mark:
        yield ".name img{display:block;block-size:2.5rem;max-inline-size:100%;object-fit:contain}\n"
    if mark and not mark.adapts:
        yield "@media screen and (prefers-color-scheme:dark)"
        yield "{.name img{background:#fdfcfa;padding:.25rem;border-radius:3px}}\n"


def _served(stem: str, kind: str, media_type: str, body: bytes) -> Served:
    path = f"/static/{stem}.{hashlib.sha256(body).hexdigest()[:12]}.{kind}"
    return Served(path, media_type, body)


def _pages(folder: Path) -> Iterator[tuple[tuple[str, str], OwnPage]]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if found := _FILE.fullmatch(path.name):
            yield (found["kind"], found["language"]), _page(path, found["language"])


def _page(path: Path, language: str) -> OwnPage:
    name = f"{FOLDER}/{path.name}"
    try:
        parsed = blocks.parse(_text(path, name))
    except MalformedSettings:
        raise
    except DispaccioError as error:
        raise MalformedSettings(f"{name}: {error.message}") from None
    passages = [passage for passage in parsed.passages if passage]
    if not passages:
        raise MalformedSettings(f"{name} holds no text; write it, or remove the file.")
    title = next((passage.text for passage in passages if passage.title), "")
    body = tuple(passage.block for passage in passages if not passage.title)
    text = Revision(headline=title, language=language, body=body, media=tuple(parsed.media))
    return OwnPage(language, title, text)


def _text(path: Path, name: str) -> str:
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise MalformedSettings(f"{name} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise MalformedSettings(f"{name} is not UTF-8 text: byte {error.start}.") from None
    if len(data) > MOST_BYTES:
        raise MalformedSettings(
            f"{name} has {len(data):,} bytes; a page has {MOST_BYTES:,} at the most."
        )
    return text
