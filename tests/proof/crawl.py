"""Every address of the wire that somebody could guess, taken from its own routers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dispaccio.api import admin, public, submissions
from dispaccio.site import addresses
from dispaccio.site.app import PAGES
from dispaccio.testing.server import Answer, Client

API = "/api/v1"
FEEDS = ("/atom.xml", "/rss.xml", "/feed.json")
ARCHIVE = ("/atom/1.xml", "/atom/2.xml", "/atom/3.xml", "/atom/1000000.xml", "/atom/x.xml")


@dataclass(frozen=True)
class Guesses:
    """What somebody tries: numbers to come, ids, slugs, channels, words, and subjects."""

    numbers: tuple[str, ...]
    ids: tuple[str, ...]
    slugs: tuple[str, ...]
    channels: tuple[str, ...]
    words: tuple[str, ...]
    subjects: tuple[str, ...] = ("medtop:20000349", "medtop:04000000", "medtop:07000000")


def site(guess: Guesses) -> Iterator[str]:
    """The addresses of the pages, feeds and twins."""
    suffixes = [*addresses.twins(), addresses.PROOF, ".xml", ".nitf.xml", ".exe"]
    rests = {
        "/r/": [
            f"{number}{tail}"
            for number in (*guess.numbers, *guess.ids)
            for version in ("", "/v1", "/v2")
            for tail in (
                version,
                *(f"{version}{suffix}" for suffix in suffixes),
                *(f"{version}/{slug}" for slug in guess.slugs),
            )
        ],
        "/c/": [f"{name}{tail}" for name in guess.channels for tail in ("", "/", *FEEDS, *ARCHIVE)],
        "/atom/": [page.removeprefix("/atom/") for page in ARCHIVE],
        "/sitemap/": [f"{page}.xml" for page in (0, 1, 2, 20_000)],
    }
    queries = ["", *(f"?before={number}" for number in guess.numbers)]
    queries += [f"?q={word}" for word in (*guess.words, *guess.ids)]
    queries += [f"?subject={subject}" for subject in guess.subjects]
    for path in PAGES:
        prefix = path.partition("{")[0]
        if prefix in rests:
            yield from (prefix + rest for rest in rests[prefix])
            yield from (f"{prefix}{rest}{query}" for rest in rests["/c/"] for query in queries)
        else:
            yield from (path + query for query in queries)
    yield from (
        "/r/",
        "/c/",
        "/healthz",
        "/static/",
        "/.env",
        "/wire.db",
        "/blobs/",
        "/keys/wire.pem",
    )


def api(guess: Guesses) -> Iterator[tuple[str, str]]:
    """The method and address of every call of the API, and of some that it does not have."""
    refs = (*guess.ids, *(f"urn:uuid:{id}" for id in guess.ids), *guess.numbers)
    values = {
        "ref": refs,
        "number": refs,
        "id": guess.ids,
        "name": guess.words,
        "prefix": ("dsp_",),
    }
    for router in (submissions.router, public.router, admin.router):
        for route in router.routes:
            path, methods = getattr(route, "path", ""), getattr(route, "methods", set())
            for method in sorted({*methods, "HEAD", "OPTIONS"}):
                yield from ((method, API + filled) for filled in _filled(path, values))
    queries = [f"?q={word}" for word in guess.words]
    queries += [f"?channel={name}&limit=100" for name in guess.channels]
    queries += [f"?before={number}" for number in guess.numbers]
    queries += [f"?subject={subject}" for subject in guess.subjects]
    queries += [f"?issuer={word}" for word in (*guess.words, "aurora")]
    yield from (("GET", f"{API}/releases{query}") for query in queries)
    yield from (("GET", f"{API}/releases/{ref}?version={n}") for ref in refs for n in (0, 1, 2))
    yield from (("GET", f"{API}/{path}") for path in ("", "openapi.json", "docs", "metrics"))


def ask(client: Client, method: str, path: str) -> Answer:
    """One request, with a body that says yes to everything where one is taken."""
    body = b'{"confirm": true}' if method in ("POST", "PUT") else None
    headers = {"content-type": "application/json"} if body else {}
    answer = client.ask(method, path, body, headers)
    assert answer.status not in (500, 502), (method, path)
    return answer


def said(answer: Answer) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    """All that an answer says, but for when it was given."""
    headers = tuple(header for header in answer.headers if header[0] != "date")
    return answer.status, headers, answer.body


def _filled(path: str, values: dict[str, tuple[str, ...]]) -> Iterator[str]:
    found = re.search(r"\{(\w+)\}", path)
    if found is None:
        yield path
        return
    for value in values[found[1]]:
        yield from _filled(path.replace(found[0], value, 1), values)
