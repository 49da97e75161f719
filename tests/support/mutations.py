"""Documents damaged as senders, relays and attackers damage them: bytes, tokens, lines and trees.

Every mutation takes a document, other documents of its format to borrow from, and a source of
chance, and gives a document. The same chance gives the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from copy import deepcopy
from random import Random
from typing import Any

from lxml import etree

MAX_BYTES = 1024 * 1024
"""No mutated document is longer: what is too large is refused before a reader sees it."""

Mutation = Callable[[bytes, Sequence[bytes], Random], bytes]

_TOKEN = re.compile(rb"<[^<>]{0,300}>|[A-Za-z0-9_:.+-]+|\s+|&[#\w]{1,10};|.", re.DOTALL)
_DATE = re.compile(rb"\d{4}-?\d\d-?\d\d(?:T?\d\d:?\d\d(?::?\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?")
_QUOTED = re.compile(rb"\"[^\"]{0,300}\"|'[^']{0,300}'|>[^<>]{1,300}<")
_CHARSETS = ("utf-16", "utf-16-le", "utf-32", "windows-1252", "iso-8859-15", "utf-7", "utf-8-sig",
             "cp037", "gb18030", "shift_jis", "koi8-r")  # fmt: skip
_NAMES = (b"utf-8", b"utf-16", b"windows-1252", b"hex", b"idna", b"rot13", b"x-none", b"utf-7", b"")
_BYTES = (b"\x00", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\r", b"\n\n", b"\x1a", b"\x01",
          b"\xc2\x85", b"\xe2\x80\xae", b"\xe2\x80\x8b", b"\xf4\x8f\xbf\xbf", b"\x02", b"\x03",
          b"\x04", b"\x1b", b"\xf3\xa0\x80\x81")  # fmt: skip
_DATES = (b"0000-00-00", b"9999-12-31T23:59:59Z", b"0001-01-01T00:00:00+23:59", b"1970-01-01",
          b"2026-02-30T25:61:61Z", b"2026-03-29T02:30:00", b"2026-11-23T08:00:00+25:00", b"-1",
          b"20261123T080000+0100", b"Mon, 32 Nov 2026 08:00:00 +9999", b"2026-11-23T24:00:00Z",
          b"9999-12-31T23:59:59-12:00", b"1e400", "٢٠٢٦-١١-٢٣".encode(),
          b"2026-11-23T08:00:00.123456789123456789Z")  # fmt: skip
_WORDS = (b"", b"0", b"-1", b"1e999", b"9" * 5000, b"NaN", b"null", b"true", b"[]", b"{}", b"&#0;",
          b"&lol;", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"</script>", b"<!DOCTYPE x [",
          b"{{7*7}}", b"javascript:alert(1)", b"http://[", b"http://[::1", b"data:,x", b"\\ud800",
          b"\\u0000", b"&#xd800;", b"%00", b"=?utf-8?q?hi=0d=0aBcc:_x?=", b"=?x?q?a?=", b"EMBARGO",
          b"SOURCE x", b"canceled", b"withheld", b"embargoed", b"dispaccio", b"xml:lang='\xc3\xa9'",
          b"\t", b"---", b"| a | b |", b"* * *", b"> > >", b"```", b"[x](", "İ".encode(),
          "ß".encode(), "²".encode(), "𝟗".encode(), "٣".encode(), "ﷺ".encode() * 50)  # fmt: skip
_REPEATED = (b"<b>", b"<div>", b"<p x='", b"</p>", b"[", b'{"a":', b"> ", b"- ", b"*", b"_", b"(",
             b"&amp;", b"<!--", b"<table><tr><td>", b"<a href=", b"\n", b" ", b"=?utf-8?q?", b"1. ",
             b"](", b"![", b"`", b"<", b'"', b"a,", b"\x02", b"Embargo: ", b"\xe2\x80\x8b", b"a@",
             b"/", b"12:", b"2026 ", b". ", b"://", b"<br>", b"|", b"|-", b"\t")  # fmt: skip


def _places(data: bytes, chance: Random) -> tuple[int, int]:
    start = chance.randint(0, len(data))
    return start, min(len(data), start + int(chance.paretovariate(0.5)))


def _bytes(data: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    """Some bytes flipped, taken out, doubled, or put in."""
    for _ in range(chance.randint(1, 8)):
        start, end = _places(data, chance)
        new = chance.choice(
            (b"", data[start:end] * 2, chance.choice(_BYTES), bytes([chance.randrange(256)]))
        )
        data = data[:start] + new + data[end:]
    return data


def _cut(data: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    """The beginning, the end, or a middle that is missing."""
    start, end = sorted((chance.randint(0, len(data)), chance.randint(0, len(data))))
    return chance.choice((data[:start], data[end:], data[start:end], data[:start] + data[end:]))


def _tokens(data: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    """Tokens lost, doubled, exchanged, or replaced by words that somewhere mean something."""
    found = _TOKEN.findall(data)
    for _ in range(chance.randint(1, 6)):
        if not found:
            break
        at, to = chance.randrange(len(found)), chance.randrange(len(found))
        what = chance.randrange(4)
        if what == 0:
            found[at] = chance.choice(_WORDS)
        elif what == 1:
            found[at], found[to] = found[to], found[at]
        elif what == 2:
            found.insert(at, found[to])
        else:
            del found[at : at + chance.randint(1, 3)]
    return b"".join(found)


def _values(data: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    """Values between quotes or tags replaced by odd ones, or made huge."""
    found = list(_QUOTED.finditer(data))
    for match in sorted(chance.sample(found, min(len(found), chance.randint(1, 4))), reverse=True,
                        key=lambda match: match.start()):  # fmt: skip
        value = chance.choice((*_WORDS, *_DATES)) * chance.choice((1, 1, 1, 200, 20_000))
        data = data[: match.start() + 1] + value[:MAX_BYTES] + data[match.end() - 1 :]
    return data


def _dates(data: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    """Dates and times that no calendar has."""
    return _DATE.sub(lambda m: chance.choice((m[0], chance.choice(_DATES))), data)


def _splice(data: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    """A piece of another document, cut at tokens, put in."""
    ours, theirs = _TOKEN.findall(data), _TOKEN.findall(chance.choice(others))
    at, start = chance.randint(0, len(ours)), chance.randint(0, len(theirs))
    piece = theirs[start : start + chance.choice((5, 50, 500))]
    return b"".join((*ours[:at], *piece, *ours[at + chance.choice((0, 0, len(piece))) :]))


def _lines(data: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    """Lines moved, doubled, lost, joined, or indented: headers, text, Markdown."""
    lines = data.splitlines(keepends=True)
    for _ in range(chance.randint(1, 5)):
        if not lines:
            break
        at, to = chance.randrange(len(lines)), chance.randrange(len(lines))
        line = lines[at]
        what = chance.randrange(5)
        if what == 0:
            lines.insert(to, line)
        elif what == 1:
            lines.insert(to, lines.pop(at))
        elif what == 2:
            del lines[at]
        elif what == 3:
            lines[at] = line.rstrip(b"\r\n")
        else:
            lines[at] = chance.choice((b" ", b"\t", b"    ", b"> ", b"- ", b"# ", b": ")) + line
    return b"".join(lines)


def _repeat(data: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    """A sign, a token or a piece of the document many times over."""
    start, end = _places(data, chance)
    piece = chance.choice((chance.choice(_REPEATED), data[start:end][:200] or b"x"))
    times = chance.choice((10, 300, 5_000, 50_000))
    piece = (piece * times)[:MAX_BYTES]
    return data[:start] + piece + data[start:]


def _charset(data: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    """Other bytes for the same text, or another charset said of the same bytes."""
    if chance.random() < 0.5:
        name = chance.choice(_NAMES)
        return re.sub(rb"(?i)((?:encoding|charset)\s*=\s*[\"']?)[\w-]+", rb"\g<1>" + name, data)
    return data.decode("utf-8", "replace").encode(chance.choice(_CHARSETS), "replace")


def _tree(data: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    """Elements or members moved, doubled, lost, nested, borrowed: the document stays well formed.

    A document that is neither XML nor JSON is damaged by its lines.
    """
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        pass
    else:
        return _json(value, others, chance)
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        return _xml(etree.fromstring(data, parser), others, chance)
    except (etree.XMLSyntaxError, ValueError):
        return _lines(data, others, chance)


def _xml(root: Any, others: Sequence[bytes], chance: Random) -> bytes:
    for _ in range(chance.randint(1, 5)):
        nodes = [node for node in root.iter() if isinstance(node.tag, str)]
        node, other = chance.choice(nodes), chance.choice(nodes)
        _change(node, other, root, chance)
    return etree.tostring(root, encoding=chance.choice(("utf-8", "us-ascii", "utf-16")))


def _change(node: Any, other: Any, root: Any, chance: Random) -> None:
    what = chance.randrange(8)
    if what == 0:
        other.insert(chance.randint(0, len(other)), deepcopy(node))
    elif what == 1 and node is not root:
        node.getparent().remove(node)
    elif what == 2 and node not in other.iterancestors() and node is not other is not root:
        other.append(node) if node is not root else None
    elif what == 3:
        node.tag = other.tag
    elif what == 4 and node.attrib:
        node.set(chance.choice(sorted(node.attrib)), _text(chance))
    elif what == 5:
        node.text = _text(chance)
    elif what == 6:
        node.tail, node.text = node.text, other.text
    else:
        inner = node
        for _ in range(chance.choice((2, 40, 250))):
            inner = etree.SubElement(inner, other.tag, dict(other.attrib))
        inner.text = other.text


def _text(chance: Random) -> str:
    value = chance.choice((*_WORDS, *_DATES)).decode()
    return re.sub(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", value)


def _json(value: Any, others: Sequence[bytes], chance: Random) -> bytes:
    for _ in range(chance.randint(1, 5)):
        value = _member(value, chance)
    return json.dumps(value, ensure_ascii=chance.random() < 0.5).encode("utf-8", "replace")


def _member(value: Any, chance: Random) -> Any:
    """The value with one member changed, somewhere in it."""
    where = list(_containers(value))
    if not where:
        return _odd(value, chance)
    inside = chance.choice(where)
    key = chance.choice(list(inside) if isinstance(inside, dict) else range(len(inside)))
    other = chance.choice(where)
    what = chance.randrange(6)
    if what == 0:
        del inside[key]
    elif what == 1 and isinstance(other, dict):
        other[chance.choice(list(other))] = deepcopy(inside[key])
    elif what == 2 and isinstance(inside, list):
        inside.extend(deepcopy(inside[key]) for _ in range(chance.choice((1, 5, 500))))
    elif what == 3:
        inside[key] = deepcopy(other)
    elif what == 4 and isinstance(inside, dict):
        inside[_text(chance)[:50]] = inside.pop(key)
    else:
        inside[key] = _odd(inside[key], chance)
    return value


def _containers(value: Any) -> Any:
    stack = [value]
    while stack:
        inside = stack.pop()
        if isinstance(inside, dict | list) and inside:
            yield inside
            stack.extend(inside.values() if isinstance(inside, dict) else inside)


def _odd(value: Any, chance: Random) -> Any:
    nested = value
    for _ in range(chance.choice((1, 3, 150))):
        nested = chance.choice(([nested], {"a": nested}))
    return chance.choice(
        (None, True, 0, -1, 1.5, 10**30, 1e300, [], {}, "", [value], [None], _text(chance), nested,
         f"{value}" * chance.choice((1, 2, 300)), "\ud800")
    )  # fmt: skip


MUTATIONS: tuple[Mutation, ...] = (
    _bytes, _cut, _tokens, _values, _dates, _splice, _lines, _repeat, _charset, _tree,
)  # fmt: skip
"""Every way to damage a document."""
_WEIGHED = (*MUTATIONS, _tree, _tree)
"""Trees thrice, since only they get past the parser."""


def mutated(data: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    """A document after one to four mutations, seldom more."""
    for _ in range(1 + min(6, int(chance.expovariate(1)))):
        data = chance.choice(_WEIGHED)(data, others, chance)[:MAX_BYTES]
    return data
