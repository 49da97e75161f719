"""The docs cannot lag: what a user meets by name has its heading, and nothing else has one.

A room that is not built yet has no names. From the day its module exists, it must have some.
"""

from __future__ import annotations

import ast
import re
from importlib.metadata import EntryPoint

import pytest

from tests.support import docs
from tests.support.source import ROOT, modules, tracked

LINK = re.compile(r"\[[^\]]*\]\(([^)\s#]*)(?:#([^)\s]*))?\)")


@pytest.mark.parametrize("subject", docs.SUBJECTS, ids=lambda subject: subject.page)
def test_names_and_headings_agree(subject: docs.Subject) -> None:
    names = set(subject.names()) if subject.built() else set()
    assert bool(names) == subject.built(), f"{subject.module} is there, but names nothing"
    headings = set(docs.sections(docs.DOCS / subject.page))
    missing, stale = sorted(names - headings), sorted(headings - names)
    assert not missing, f"docs/{subject.page} lacks a heading for {', '.join(missing)}"
    assert not stale, f"docs/{subject.page} has a heading for what is no more: {', '.join(stale)}"


@pytest.mark.parametrize("group", ["formats", "checks", "carriers"])
def test_what_is_registered_can_be_loaded(group: str) -> None:
    for name, value in docs.plugins(group).items():
        loaded = EntryPoint(name, value, f"dispaccio.{group}").load()
        assert loaded.name == name


def test_every_format_says_where_each_field_goes() -> None:
    for name, text in docs.sections(docs.DOCS / "formats.md").items():
        pages = [target for target, _ in LINK.findall(text) if target.startswith("formats/")]
        assert pages, f"{name}: no page with its fields"


def test_an_error_is_one_sentence() -> None:
    for code, cls in docs.errors().items():
        assert cls.__doc__, code
        assert re.fullmatch(r"[A-Z](?:(?![.!?] [A-Z])[^\n])*\.", cls.__doc__), (
            f"{code}: one sentence"
        )


def test_an_errors_section_states_its_status_and_what_to_do() -> None:
    sections = docs.sections(docs.DOCS / "errors.md")
    for code, cls in docs.errors().items():
        text = " ".join(sections[code].split())
        assert text.startswith(f"**{cls.status}.** "), f"{code}: its status is {cls.status}"
        assert "*What to do:* " in text, code


def test_errors_stand_in_one_file() -> None:
    names = {"DispaccioError", *(cls.__name__ for cls in docs.errors().values())}
    elsewhere = [
        f"{path}: {node.name}"
        for path, tree in modules().items()
        if path != "errors.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        if names & {ast.unparse(base).rpartition(".")[2] for base in node.bases}
    ]
    assert not elsewhere, "\n".join(elsewhere)


def test_links_lead_somewhere() -> None:
    broken = []
    for page in (path for path in tracked() if path.suffix == ".md" and "data" not in path.parts):
        for target, anchor in LINK.findall(page.read_text("utf-8")):
            if re.match(r"\w+:", target):
                continue
            found = page.parent / target if target else page
            if not found.exists() or (anchor and anchor not in _anchors(found.read_text("utf-8"))):
                broken.append(f"{page.relative_to(ROOT)}: {target}#{anchor}")
    assert not broken, "\n".join(broken)


def _anchors(text: str) -> set[str]:
    """The anchors that a reader on the web gives to headings."""
    titles = re.findall(r"^#{1,6} (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
