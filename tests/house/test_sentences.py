"""What a person reads on a page is a sentence that can be said in their language."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dispaccio.words import PLACE
from tests.support import docs, messages
from tests.support.source import modules

OUTSIDE = {
    "api/": "programs read it, in English",
    "cli/": "commands speak English",
    "receive/": "a receiver's own machine",
    "server/": "said when a wire starts",
    "settings.py": "a file of the operator",
    "store/": "said when a home is opened",
    "testing/": "for tests",
    "log/": "read from a log by programs",
    "notary/": "keys, with commands",
    "trace/": "no page yet",
    "egress/client.py": "kept beside a delivery, as its receiver's answer is",
    "egress/connection.py": "kept beside a delivery",
    "egress/sender.py": "kept beside a delivery",
    "egress/smtp": "kept beside a delivery",
    "egress/ssh.py": "kept beside a delivery",
    "delivery/cursor.py": "a receiver's program asks with it",
    "delivery/signature.py": "also in the receiver's kit",
    "delivery/mailing/dkim.py": "said when a wire starts",
    "delivery/mailing/headers.py": "kept beside a delivery",
    "delivery/mailing/message.py": "kept beside a delivery",
    "delivery/mailing/notes.py": "kept beside a mail",
    "delivery/mailing/plain.py": "kept beside a mail",
    "delivery/mailing/table.py": "press lists come in by commands and the API",
    "intake/archive.py": "archives come in by commands and the API",
    "wire/archive.py": "archives come in by commands and the API",
    "wire/bouncing.py": "by command",
    "wire/catch_up.py": "a receiver's program asks",
    "wire/convert.py": "by the API",
    "wire/home.py": "said when a home is opened",
    "wire/hub.py": "a receiver's program asks",
    "wire/keys.py": "keys, with commands",
    "wire/links.py": "by command",
    "wire/lock.py": "said when a home is opened",
    "wire/logo.py": "a file of the operator, which `dispaccio doctor` judges",
    "wire/looks.py": "files of the operator, which `dispaccio doctor` judges",
    "wire/redirects.py": "by command",
    **dict.fromkeys(
        (
            *("formats/anpa_1312.py", "formats/iptc_7901.py", "formats/wire_text.py"),
            *("formats/atom/", "formats/feeds/", "formats/json_feed/", "formats/rss/"),
            *("formats/newsml1/", "formats/newsml_g2/", "formats/ninjs/", "formats/nitf/"),
            *("formats/mail/", "formats/codec.py", "formats/convert.py", "formats/items.py"),
            "formats/times.py",
        ),
        "what other wires and their programs write, which no press office uploads",
    ),
}
"""What no page leads to, and what becomes of its sentences."""
_AT = {"Finding": 1, "Unread": 1, "Refused": 1}
"""Where the sentence stands among the arguments, but for errors, where it is the first."""


def _spoken(tree: ast.AST) -> Iterator[tuple[int, ast.expr]]:
    """The sentences of errors and findings that a module makes, with their lines."""
    errors = {error.__name__ for error in docs.errors().values()}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            at = 0 if node.func.id in errors else _AT.get(node.func.id)
            if at is not None and len(node.args) > at:
                yield node.lineno, node.args[at]


def _english(said: ast.expr, named: dict[str, list[ast.expr]]) -> bool:
    """Whether an expression makes a text that forgot how it was made."""
    match said:
        case ast.JoinedStr() | ast.BinOp():
            return True
        case ast.Constant():
            return isinstance(said.value, str)
        case ast.IfExp():
            return _english(said.body, named) or _english(said.orelse, named)
        case ast.Name():
            return any(_english(value, {}) for value in named.get(said.id, ()))
        case ast.Call(func=ast.Attribute(attr=way)):
            return way in ("join", "format")
    return False


def _named(tree: ast.AST) -> dict[str, list[ast.expr]]:
    """What is assigned to each name of a module, whatever the function."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(node.value)
    return found


def test_errors_and_findings_of_pages_are_sentences() -> None:
    found = [
        f"{path}:{line}"
        for path, tree in modules().items()
        if not path.startswith(tuple(OUTSIDE))
        for line, said in _spoken(tree)
        if _english(said, _named(tree))
    ]
    assert not found, f"say(...) it, from dispaccio.words: {', '.join(found)}"
    stale = [name for name in OUTSIDE if not any(path.startswith(name) for path in modules())]
    assert not stale, f"no longer there: {stale}"


def test_a_sentence_has_a_place_for_each_value() -> None:
    for path, call in messages.calls():
        where = f"{path}:{call.lineno}"
        forms = 2 if getattr(call.func, "id", "") == "say_of" else 1
        assert len(call.args) == forms, where
        for text in call.args:
            assert isinstance(text, ast.Constant), f"{where}: what is said is written out there"
            places = set(PLACE.findall(str(text.value)))
            assert places == {value.arg for value in call.keywords}, where
        assert forms == 1 or "count" in {value.arg for value in call.keywords}, where
