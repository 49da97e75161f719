"""The words of the pages: what templates, errors and sentences say, and what the catalogues hold.

``python -m tests.support.messages`` brings the catalogues up to date: new words are added without a
translation, words that no page says any more are dropped.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from dispaccio.access.roles import Action
from dispaccio.desk.checks.reading import languages
from dispaccio.egress.ranges import PURPOSES
from dispaccio.intake.sheet import Sheet
from dispaccio.release.label import LabelKind
from dispaccio.release.model import ItemKind
from dispaccio.release.state import Kind, State
from dispaccio.wire.confirming import WAITS
from dispaccio.wire.endpoints import LEFT
from dispaccio.wire.filed import About
from dispaccio.words import PLACE
from tests.support import docs
from tests.support.source import PACKAGE, imports, modules

SITE = PACKAGE / "site"
ROOMS = ("office", "site")
"""The rooms with templates; they share the catalogues."""
_JINJA = {"trimmed": "true", "extensions": "", "silent": "false"}


def catalogues() -> dict[str, Path]:
    """The catalogue of every language but English, by language."""
    return {path.parts[-3]: path for path in sorted(SITE.glob("locale/*/LC_MESSAGES/*.po"))}


def said() -> Catalog:
    """Every word that the templates say, what each error says by itself, and every sentence."""
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
    for message in (*sentences(), *terms()):
        catalog.add(message)
    return catalog


def sentences() -> Iterator[str | tuple[str, str]]:
    """What the source gives to ``say`` and ``say_of``; those with values only need no words."""
    for _, call in calls():
        texts = tuple(str(arg.value) for arg in call.args if isinstance(arg, ast.Constant))
        if re.search(r"[^\W\d_]", PLACE.sub("", texts[0])):
            yield (texts[0], texts[1]) if len(texts) > 1 else texts[0]


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call of ``say`` and ``say_of``, with the path of its module."""
    for path, tree in modules().items():
        known = {name.rpartition(".")[0] for _, name in imports(tree)}
        if path != "words.py" and "dispaccio.words" not in known:
            continue
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id in ("say", "say_of"):
                yield path, node


def terms() -> list[str]:
    """The words that stand in sentences by ``term``: those of enumerations and tables."""
    listed = {*Action, *LabelKind, *ItemKind, *PURPOSES, *LEFT, WAITS, *languages.NAMES.values()}
    listed |= set(languages.LETTERS)
    named = {*(field.name for kind in (Sheet, About) for field in fields(kind)), *State, *Kind}
    return sorted({*map(str, listed), *(str(word).replace("_", " ") for word in named)})


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
