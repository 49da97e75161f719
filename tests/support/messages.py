"""The words of the pages: what templates and errors say, and what the catalogues hold.

``python -m tests.support.messages`` brings the catalogues up to date: new words are added without a
translation, words that no page says any more are dropped.
"""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from tests.support import docs
from tests.support.source import PACKAGE

SITE = PACKAGE / "site"
ROOMS = ("office", "site")
"""The rooms with templates; they share the catalogues."""
_JINJA = {"trimmed": "true", "extensions": "", "silent": "false"}


def catalogues() -> dict[str, Path]:
    """The catalogue of every language but English, by language."""
    return {path.parts[-3]: path for path in sorted(SITE.glob("locale/*/LC_MESSAGES/*.po"))}


def said() -> Catalog:
    """Every word that the templates say, and what each error says by itself."""
    catalog = Catalog()
    for room in ROOMS:
        found = extract_from_dir(
            PACKAGE / room / "templates",
            method_map=[("**.html", "jinja2")],
            options_map={"**.html": _JINJA},
        )
        for name, _, message, _, context in found:
            catalog.add(message, locations=[(name, 1)], context=context)
    for error in docs.errors().values():
        catalog.add(error.default(), locations=[("errors.py", 1)])
    return catalog


def read(language: str, path: Path) -> Catalog:
    """A catalogue as it is kept."""
    with path.open("rb") as source:
        return read_po(source, locale=language)


def main() -> None:
    """Bring every catalogue up to date."""
    for language, path in catalogues().items():
        catalog = read(language, path)
        catalog.update(said(), no_fuzzy_matching=True)
        catalog.obsolete.clear()
        with path.open("wb") as target:
            write_po(target, catalog, width=100, no_location=True, omit_header=True)


if __name__ == "__main__":
    main()
