"""What somebody hands in who means no good, or whose program is broken, and the answer to it.

The numbers are those of the list of bad inputs in the design.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dispaccio.testing.home import document
from tests.support import word
from tests.support.source import ROOT

JSON, TEXT, HTML = "application/json", "text/plain", "text/html"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF, MAIL = "application/pdf", "message/rfc822"
NINJS, UTF8 = "application/vnd.iptc.ninjs+json", "text/plain; charset=utf-8"
MALFORMED, RETURNED = "malformed-document", "returned"


@dataclass(frozen=True)
class Bad:
    """One submission and the answer: refused with a code, or taken, with what the checks found."""

    name: str
    body: bytes
    status: int
    code: str = ""
    type: str = JSON
    query: str = ""
    who: str = "anna"
    state: str = "in_review"
    checks: frozenset[str] = field(default_factory=frozenset)

    @property
    def taken(self) -> bool:
        return self.status == 201


def no(name: str, body: bytes | Mapping[str, Any], code: str, **more: Any) -> Bad:
    return Bad(name, _bytes(body), more.pop("status", 422), code, **more)


def yes(name: str, body: bytes | Mapping[str, Any], *checks: str, **more: Any) -> Bad:
    return Bad(name, _bytes(body), 201, checks=frozenset(checks), **more)


def text(words: str, **more: Any) -> dict[str, Any]:
    return document("Aurora opens a plant", text=words, **more)


def timed(name: str, query: str, code: str) -> Bad:
    return no(f"26 {name}", text("x"), code, query=f"?release_time={query}")


def late(name: str, query: str) -> Bad:
    found = {"query": f"?release_time={query}", "state": RETURNED}
    return yes(f"26 {name}", text("x"), "release-time", **found)


def _bytes(body: bytes | Mapping[str, Any]) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


TITLE = "Aurora </script><script>alert(1)</script> ]]> {{7*7}} <img src=x onerror=alert(1)>"
PAGE = b"""<!doctype html><html lang=en><head><title>Aurora opens a plant in Bergamo</title>
<script>alert(1)</script></head><body><article><h1>Aurora opens a plant in Bergamo</h1>
<p onclick="alert(1)">The third plant <a href="javascript:alert(1)">opened</a> on Monday; it
employs 120 people, said the dairy. <img src=x onerror=alert(1)></p>
<svg><style><img src=x onerror=alert(1)></style></svg>
<math><mtext><table><mglyph><style><!--</style>
<img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;"></table></math>
<iframe srcdoc="<script>alert(1)</script>"></iframe>
<p>Press office: press@aurora-dairy.example</p></article></body></html>"""
MANY = b"A sentence of fifty million characters. " * 1_250_000
PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 8
VINCI = [{"email": "press@vinci.example"}]


def sample(name: str) -> bytes:
    """One of the broken mails."""
    return (ROOT / "tests/data/broken/mail" / name).read_bytes()


BAD = [
    no("empty file", b"", "empty-input"),
    no("blank file", b" \n\t\n", "empty-input", type=TEXT),
    no("binary file", PICTURE, "not-text", type=TEXT),
    no("binary JSON", PICTURE, "not-text"),
    no("50 MB of text", MANY, "too-large", status=413, type=TEXT),
    no("5 MB of text", MANY[: 5 << 20], "too-large", status=413, type=TEXT),
    no("unknown format", b"x", "unknown-format", status=415, type="application/pdf"),
    no("ninjs of wrong types", b'{"uri": 1, "headline": ["x"]}', MALFORMED, type=NINJS),
    no("native of wrong types", b'{"title": 7, "body": "x"}', MALFORMED),
    no("not an object", b'"a title"', MALFORMED),
    no("another's issuer", text("x"), "not-allowed", status=403, query="?issuer=nobody"),
    no("unknown issuer", text("x"), "unknown-issuer", query="?issuer=nobody", who="dora"),
    no("unknown channel", text("x", channel="nowhere"), "unknown-channel"),
    no("wrong key", text("x"), "wrong-key", status=401, who="dsp_wrong"),
    no("no key", text("x"), "key-needed", status=401, who=""),
    no("5 a bomb in Word", word.bomb(), "too-large", status=413, type=DOCX),
    no("6 a way out of Word", word.again("../../x", b"x"), MALFORMED, type=DOCX),
    no("6 two of one name", word.again("word/document.xml", b"<a/>"), MALFORMED, type=DOCX),
    no("6 a link", word.again("word/l", b"/etc/passwd", attributes=0o120777), MALFORMED, type=DOCX),
    no("7 a cut document", word.docx()[:900], MALFORMED, type=DOCX),
    no("7 a program", b"MZ\x90\0" + bytes(300), MALFORMED, type=DOCX),
    no("7 a cut PDF", b"%PDF-1.7\n1 0 obj", "unknown-format", status=415, type=PDF),
    no("22 two From", sample("two-from.eml"), MALFORMED, type=MAIL),
    no("22 a forged From", sample("from-that-shows-another-address.eml"), MALFORMED, type=MAIL),
    no("22 fifty messages", sample("fifty-nested-messages.eml"), MALFORMED, type=MAIL),
    no("20 a hidden Bcc", sample("subject-that-hides-a-header.eml"), MALFORMED, type=MAIL),
    yes("10 script in HTML", PAGE, type=HTML),
    yes("10, 11, 14 scripts and templates in a title", document(TITLE)),
    no("13 100,000 nested elements", b"<p>" + b"<b>" * 100_000 + b"x", MALFORMED, type=HTML),
    yes("15 bidi", document("Aurora \u202eopens\u202c it"), "hidden-characters", state=RETURNED),
    yes("16 in a figure", text("It has 1\u200b20 people."), "hidden-characters", state=RETURNED),
    yes("17 look-alikes", document("\u0410urora opens it"), "mixed-script", state=RETURNED),
    no("18 lone surrogate", b'{"title": "Aurora \\ud800 opens"}', MALFORMED),
    no("18 NUL", b"Aurora \0 opens a plant", "not-text", type=TEXT),
    no("18 NUL in JSON", b'{"title": "Aurora \\u0000 opens"}', "not-text"),
    no("18 invalid UTF-8", b'{"title": "Aurora \xff opens"}', "wrong-charset"),
    no("18 wrong charset", "Aurora öffnet".encode("latin-1"), "wrong-charset", type=UTF8),
    no("18 charset that is none", b"Aurora", "wrong-charset", type="text/plain; charset=rot13"),
    yes("19 letters in two pieces", text("Cafe\u0301 Aurora opened.")),
    yes("19 tags", text("Aurora opened.\U000e0041\U000e0042"), "hidden-characters"),
    yes("21 a line of a log", document("Aurora\n2026-01-01 INFO approved by dora")),
    yes("23 a domain not proved", text("x", contacts=VINCI), "unproved-domain"),
    yes(
        "24 another's name",
        text("x") | {"issuer": {"name": "Vinci SA"}},
        "other-issuer-named",
        state=RETURNED,
    ),
    no("25 for another's issuer", text("x"), "not-allowed", status=403, query="?issuer=bruma"),
    late("a time in 1970", "1970-01-01T00:00Z"),
    late("a time in 9999", "9999-12-31T00:00Z"),
    timed("no zone", "2027-03-01T10:00", "time-without-zone"),
    timed("a time that is skipped", "2027-03-28T02:30&zone=Europe/Rome", "time-in-gap"),
    timed("a time that comes twice", "2027-10-31T02:30&zone=Europe/Rome", "time-ambiguous"),
    timed("25 hours", "2027-03-01T10:00%2B25:00", "malformed-time"),
    timed("a zone that is none", "2027-03-01T10:00&zone=../../etc/passwd", "malformed-time"),
    no("26 no zone inside", text("x") | {"release_time": "2027-03-01T10:00"}, "time-without-zone"),
    no("30 a name twice", b'{"title": "a", "title": "b"}', MALFORMED),
    no("30 NaN", b'{"title": "a", "urgency": NaN}', MALFORMED),
    no("30 a million levels", b"[" * 1_000_000, MALFORMED),
    no("30 a million digits", b'{"title": "a", "urgency": ' + b"9" * 1_000_000 + b"}", MALFORMED),
    no("several at once", json.dumps([text("x"), text("y")]).encode(), "several-releases"),
]
"""Everything that comes in by POST to the submissions."""

ADDRESSES = [
    *("https://127.1/", "https://2130706433/", "https://0x7f.1/", "https://0/"),
    *("https://[::ffff:7f00:1]/", "https://[64:ff9b::7f00:1]/", "https://[::1]/"),
    *("https://169.254.169.254/latest/meta-data/", "https://10.0.0.1/", "https://127.0.0.1:443/"),
    *("https://user:word@example.com/", "https://example.com:22/", "https://localhost/"),
    *("http://example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://127.0.0.1/"),
    *(
        "https://",
        "https://exa mple.com/",
        "https://example.com\r\nHost: x/",
        "javascript:alert(1)",
    ),
]
"""32: where the wire never posts to."""

EXPRESSIONS = [
    *("' OR 1=1 --", '"', '"a" NEAR "b"', "a OR b", "a NOT b", "title:a", "a*", "^a", "(a", "\\"),
    *("{a b} : c", "%", "_", "a" * 500, "😀", "中", "ก", "-", "AND", "NEAR(a b, 2)"),
]
"""40: what looks like an expression of SQL or of the index is a word like any other."""

QUERIES = {
    **dict.fromkeys(
        ("limit=-1", "limit=0", "limit=101", "limit=1e9", "before=x", "before=-1"), 422
    ),
    **dict.fromkeys(("before=T9999999999999999999", "q=" + "a" * 501, "q=%00", "issuer=%00"), 422),
    **dict.fromkeys(("channel=%27", "issuer=%27%20OR%201=1", "q="), 200),
    "unknown=1": 422,
}
"""40: cursors, limits and filters, and the status of the answer."""
