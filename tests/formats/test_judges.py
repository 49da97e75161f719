"""What programs of others find in our JSON Feed and our JSON-LD, field by field."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import extruct
import pytest
from lxml import etree

from dispaccio.formats import atom, json_feed
from dispaccio.formats.feeds.feed import Feed
from dispaccio.formats.html import html
from dispaccio.formats.json_feed.write import EXTENSION
from dispaccio.release.canonical import write_instant
from dispaccio.release.model import Revision
from dispaccio.release.notice import is_notice
from dispaccio.release.state import Kind, Status
from dispaccio.testing import releases
from tests.support.tools import require

URL = "https://wire.example/feed"
FEED = Feed("Ponte", f"{URL}.xml", "https://wire.example/", f"{URL}.xml")
FEED_JSON = Feed("Ponte", f"{URL}.json", "https://wire.example/", f"{URL}.json")
PUBLIC = ("usable", "corrected", "withheld", "usable again", "withdrawn")
SAMPLES = [
    pytest.param(releases.in_state(sample, state), id=f"{sample.language} {state}")
    for sample in releases.samples()
    for state in PUBLIC
]
CONVERT = """
const chunks = []
process.stdin.on('data', chunk => chunks.push(chunk)).on('end', () => {
  console.log(require(process.argv[1])(JSON.parse(Buffer.concat(chunks))))
})
"""


def found(data: bytes) -> dict[str, etree._Element]:
    """The entries of an Atom feed by their ids."""
    entries = etree.fromstring(data).findall("{*}entry")
    return {entry.findtext("{*}id", ""): entry for entry in entries}


def converted(document: dict[str, Any]) -> bytes:
    """A JSON Feed as npm's jsonfeed-to-atom makes Atom of it; it knows version 1.0 alone."""
    judge = require("jsonfeed-to-atom")
    document["version"] = "https://jsonfeed.org/version/1"
    for item in document["items"]:
        item["author"] = item.pop("authors")[0]
        del item[EXTENSION]
    command = [str(require("node")), "-e", CONVERT, str(judge)]
    given = json.dumps(document).encode()
    return subprocess.run(command, input=given, capture_output=True, check=True, timeout=60).stdout


def linked(entry: etree._Element, *relations: str) -> set[str | None]:
    """Where an entry leads by these relations."""
    return {link.get("href") for link in entry.findall("{*}link") if link.get("rel") in relations}


def said(entry: etree._Element) -> dict[str, Any]:
    """What both feeds say of a release; of a label ours has words and codes, theirs the words."""
    told = {
        name: entry.findtext(f"{{*}}{name}")
        for name in ("id", "title", "updated", "published", "content", "author/{*}name")
    }
    categories = entry.findall("{*}category")
    words = {one.get("label") or one.get("term") for one in categories if not one.get("scheme")}
    labels = {one.get("label") for one in categories if one.get("scheme") == atom.LABEL}
    files = [
        tuple(link.get(name) for name in ("href", "type", "length"))
        for link in entry.findall("{*}link")
        if link.get("rel") == "enclosure"
    ]
    return {
        **told,
        "domain": entry.findtext("{*}author/{*}uri"),
        "pages": linked(entry, "alternate", "related", "via"),
        "words": words | labels,
        "files": files,
    }


@pytest.mark.parametrize("state", PUBLIC)
def test_our_json_feed_made_into_atom_is_our_atom(state: str) -> None:
    revisions = [releases.in_state(sample, state) for sample in releases.samples()]
    theirs = converted(json.loads(json_feed.write(FEED_JSON, revisions)))
    ours = atom.write(FEED, revisions)
    assert list(found(theirs)) == list(found(ours))
    for name, entry in found(ours).items():
        assert said(found(theirs)[name]) == said(entry)
    for name in ("id", "title", "updated"):
        pair = [etree.fromstring(feed).findtext(f"{{*}}{name}") for feed in (ours, theirs)]
        assert pair[0] == pair[1]


def articles(revision: Revision) -> list[dict[str, Any]]:
    """The objects of a page's JSON-LD, as extruct takes them."""
    taken = extruct.extract(html.write(revision).decode(), syntaxes=["json-ld"])
    return list(taken["json-ld"])


@pytest.mark.parametrize("revision", SAMPLES)
def test_a_stranger_finds_the_release_in_our_json_ld(revision: Revision) -> None:
    (article,) = articles(revision)
    assert revision.label
    assert revision.issuer
    assert revision.first_created
    assert revision.version_created
    types = article["@type"]
    paid = "AdvertiserContentArticle" in types
    assert "NewsArticle" in types
    assert paid is revision.label.paid
    assert article["@id"] == revision.id
    assert article["url"] == article["mainEntityOfPage"] == revision.url
    assert {"dispaccio": revision.number}.items() <= {
        one["propertyID"]: one["value"] for one in article["identifier"]
    }.items()
    assert article["genre"] == revision.label.text
    assert article["author"]["name"] == article["creator"]["name"] == revision.issuer.name
    assert article["inLanguage"] == revision.language
    assert article["version"] == revision.version
    assert article["datePublished"] == write_instant(revision.first_created)
    assert article["dateModified"] == write_instant(revision.version_created)
    status = {Status.WITHHELD: "Withheld", Status.CANCELED: "Withdrawn"}
    assert article["creativeWorkStatus"] == status.get(revision.status, "Published")
    if is_notice(revision):
        assert not any(word in json.dumps(article) for word in releases.own_words(revision))
        return
    assert article["headline"] == revision.headline
    assert article.get("alternativeHeadline") == revision.subhead
    if revision.kind is Kind.CORRECTION:
        assert revision.reason
        assert article["correction"]["text"] == revision.reason.text
