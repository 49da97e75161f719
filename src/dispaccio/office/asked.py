"""One request to a private page: who asks, for what, and what the form holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request

from dispaccio.access.actor import PUBLIC, Actor
from dispaccio.errors import ForeignForm, MalformedRequest, TooLarge
from dispaccio.office import multipart
from dispaccio.office.multipart import Upload
from dispaccio.office.uploads import Sent
from dispaccio.site.pages import Reader
from dispaccio.wire.accounts import LoggedIn
from dispaccio.words import say

MOST_FIELDS, MOST_BYTES = 2_000, 4_000_000
"""Of one form, without its files."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the pages get it; ``form`` holds every value of each field, in its order."""

    reader: Reader
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, Upload] = field(default_factory=dict)
    headers: Headers = field(default_factory=Headers)
    cookies: Mapping[str, str] = field(default_factory=dict)
    who: LoggedIn | None = None
    sent: Sent | None = None
    """The form with a large file that this door takes."""
    method: str = "GET"

    @property
    def actor(self) -> Actor:
        """Who asks, as the use cases want it."""
        return self.who.actor if self.who else PUBLIC

    @property
    def known(self) -> LoggedIn:
        """Who asks, on a page that is shown to nobody else."""
        assert self.who is not None
        return self.who

    def text(self, name: str) -> str:
        """One field of the form without blanks at its ends; empty where it is not there."""
        return self.form.get(name, ("",))[0].strip()

    def several(self, name: str) -> tuple[str, ...]:
        """Every value of a field."""
        return self.form.get(name, ())

    def ticked(self, name: str) -> bool:
        """Whether a box of the form was ticked."""
        return bool(self.text(name))

    @classmethod
    def of(cls, request: Request, body: bytes, who: LoggedIn | None) -> Self:
        """A request that was read whole. Raises MalformedRequest, TooLarge."""
        reader = Reader.of(request)
        if who and who.person.language and not reader.chosen:
            reader = replace(reader, language=who.person.language)
        kind = request.headers.get("content-type", "")
        form, files = _fields(body, kind) if body else ({}, {})
        return cls(
            reader=reader,
            path=request.path_params,
            query=dict(request.query_params),
            form=form,
            files=files,
            headers=request.headers,
            cookies=request.cookies,
            who=who,
            method=request.method,
        )


def _fields(body: bytes, kind: str) -> tuple[dict[str, tuple[str, ...]], dict[str, Upload]]:
    if len(body) > MOST_BYTES:
        raise TooLarge(
            say(
                "The form has {count} bytes; the wire takes {most}.",
                count=len(body),
                most=MOST_BYTES,
            )
        )
    files: list[tuple[str, Upload]] = []
    if kind.lower().startswith("multipart/form-data"):
        pairs, files = multipart.parse(body, kind, MOST_FIELDS)
    else:
        pairs = _encoded(body)
    form: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        form[name] = (*form.get(name, ()), value.replace("\r\n", "\n"))
    return form, dict(files)


def _encoded(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=MOST_FIELDS,
            errors="strict",
        )
    except ValueError:
        raise MalformedRequest(say("The form cannot be read; open the page anew.")) from None


def require_own(headers: Headers, url: str) -> None:
    """Nothing, if a form was sent from a page of this wire. Raises ForeignForm.

    By Sec-Fetch-Site (W3C Fetch Metadata), and where a browser does not send it by Origin
    (RFC 6454 section 7); programs that send neither have no session cookie to be misused.
    """
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        raise ForeignForm
    origin = headers.get("origin")
    if origin is not None and origin not in _own(headers, url):
        raise ForeignForm


def _own(headers: Headers, url: str) -> tuple[str, str]:
    """The wire's public address, and the one it was asked at: a test home has many names."""
    scheme = urlsplit(url).scheme
    return url.rstrip("/"), f"{scheme}://{headers.get('host', '')}"
