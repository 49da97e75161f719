"""An embargo in words, wherever senders of each format put it, beats what says usable."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from html import escape
from zoneinfo import ZoneInfo

import pytest

from dispaccio.anatomy.embargo import unclear
from dispaccio.formats import registry
from dispaccio.formats.base import Options

TEXT = "The Harbour of Lowmere opens its new ferry dock on Monday, it said."
G2 = "http://iptc.org/std/nar/2006-10-01/"
ENDS = datetime(2026, 5, 12, 8, tzinfo=UTC)
CLEAR = (
    "Sperrfrist: 12.05.2026, 10 Uhr",
    "Zur Veröffentlichung ab 12.05.2026, 10 Uhr",
    "EMBARGO FINO ALLE ORE 10 DEL 12 MAGGIO 2026",
    "Embargoed until 08:00 GMT 12 May 2026",
    "HOLD FOR RELEASE TUESDAY, MAY 12, 2026, 4:00 A.M. EDT",
)
UNCLEAR = ("Sperrfrist: 12.05., 10 Uhr", "EMBARGO FINO ALLE ORE 15", "Embargoed until 00:01 GMT")


def _ninjs(**more: str) -> str:
    return json.dumps({"uri": "u:1", "pubstatus": "usable", "headline": "A dock"} | more)


def _nitf(docdata: str = "", head: str = "", text: str = "") -> str:
    return (
        f'<nitf><head><docdata management-status="usable"><doc-id id-string="1"/>{docdata}'
        f"</docdata></head><body><body.head><hedline><hl1>A dock</hl1></hedline>{head}</body.head>"
        f"<body.content>{text}<p>{TEXT}</p></body.content></body></nitf>"
    )


def _rss(title: str, text: str) -> str:
    return (
        f'<rss version="2.0"><channel><item><guid>1</guid><title>{title}</title><description>'
        f"{escape(text)}</description></item></channel></rss>"
    )


def documents(words: str) -> dict[str, str]:
    """A document of each format, with the words in one of its places."""
    said = escape(words)
    return {
        "ninjs, edNote": _ninjs(ednote=words, body_text=TEXT),
        "ninjs, body": _ninjs(body_xhtml=f"<p>{said}</p><p>{TEXT}</p>"),
        "nitf, ed-msg": _nitf(docdata=f'<ed-msg info="{said}"/>'),
        "nitf, note": _nitf(head=f"<note><body.content><p>{said}</p></body.content></note>"),
        "nitf, body": _nitf(text=f"<p>{said}</p>"),
        "newsml-g2, edNote": (
            f'<newsItem xmlns="{G2}" guid="u:1" version="1"><itemMeta>'
            '<itemClass qcode="ninat:text"/><pubStatus qcode="stat:usable"/>'
            f"<edNote>{said}</edNote></itemMeta><contentMeta>"
            "<headline>A dock</headline></contentMeta><contentSet><inlineXML><html "
            f'xmlns="http://www.w3.org/1999/xhtml"><body><p>{TEXT}</p></body></html></inlineXML>'
            "</contentSet></newsItem>"
        ),
        "newsml-1, NewsLine": (
            '<NewsML><NewsItem><NewsManagement><Status FormalName="Usable"/></NewsManagement>'
            "<NewsComponent><NewsLines><HeadLine>A dock</HeadLine><NewsLine><NewsLineType "
            f'FormalName="EditorialNote"/><NewsLineText>{said}</NewsLineText></NewsLine></NewsLines>'
            f'<ContentItem><MediaType FormalName="Text"/><DataContent>{TEXT}</DataContent>'
            "</ContentItem></NewsComponent></NewsItem></NewsML>"
        ),
        "rss, text": _rss("A dock", f"<p>{said}</p><p>{TEXT}</p>"),
        "rss, title": _rss(f"{said}: A dock", TEXT),
        "html, above the title": (
            f"<!doctype html><main><p>{said}</p><h1>A dock</h1><p>{TEXT}</p></main>"
        ),
        "mail, text": (
            "From: a@b.example\nDate: Tue, 5 May 2026 09:00:00 +0200\nMIME-Version: 1.0\n"
            f"Content-Type: text/plain; charset=utf-8\nSubject: A dock\n\n{words}\n\n{TEXT}\n"
        ),
        "text, below the title": f"A dock\n\n{words}\n\n{TEXT}\n",
    }


@pytest.mark.parametrize("place", documents(""))
def test_an_embargo_in_words_holds(place: str) -> None:
    options = Options(zone=ZoneInfo("Europe/Rome"))
    for words in CLEAR + UNCLEAR:
        (found,) = registry.read(documents(words)[place].encode(), None, options)
        assert found.format == place.partition(",")[0]
        if words in CLEAR:
            assert found.revision.embargo == ENDS, words
        else:
            assert unclear(found.warnings), words
