"""Pictures and files of releases: ``/f/<id>/<name>``, smaller pictures, and all of them as a zip.

An answer here is never kept in memory by the front: files are large, and they are read in pieces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from dispaccio.media import zipped
from dispaccio.media.kinds import Kind
from dispaccio.media.zipped import Entry
from dispaccio.release.model import Revision
from dispaccio.release.state import Status
from dispaccio.site import answers
from dispaccio.site.pages import Reader, render
from dispaccio.wire.filed import Filed, Form
from dispaccio.wire.public import Public

PREFIX = "/f/"
PATH = "/f/{rest:path}"
_FILE = re.compile(r"(?P<id>[0-9a-f]{32})/(?:(?P<width>[1-9][0-9]{1,4})/)?(?P<name>[^/]+)")
_ZIP = re.compile(r"(?P<number>T?[1-9][0-9]{8,15})\.zip", re.ASCII)
_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})", re.ASCII)
_ALONE = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""What opens a file can run nothing of it, nor reach anything with it."""


def file(public: Public, request: Request) -> Response | None:
    """A file, a smaller picture, or the zip of a release's files; None for what is not public."""
    rest = request.path_params["rest"]
    if whole := _ZIP.fullmatch(rest):
        return _zip(public, whole["number"], request)
    asked = _FILE.fullmatch(rest)
    found = public.files.find(asked["id"]) if asked else None
    if asked is None or found is None:
        return None
    if found.filed is None:
        return _gone(public, request, found.number, found.status)
    width = int(asked["width"]) if asked["width"] else None
    form = _form(found.filed, width)
    if form is None or f"{PREFIX}{quote(rest)}" != found.filed.address(width):
        return None
    return _bytes(public, request, found.filed, form)


def zip_of(public: Public, revision: Revision) -> list[Entry]:
    """What the zip of a revision's files has in it; empty where there is none, or it is too large.

    Beside the files there is a text with what is said of each.
    """
    found = list(public.files.of(revision.media).values())
    names = zipped.apart([*(item.name for item in found), "credits.txt"])
    entries = [_entry(public, item, name) for item, name in zip(found, names, strict=False)]
    if not found or zipped.size_of(entries) + 100_000 > zipped.MOST_BYTES:
        return []
    return [*entries, _credits(found, names, revision)]


def _form(filed: Filed, width: int | None) -> Form | None:
    if width is None:
        return filed.whole
    return next((form for form in filed.forms[1:] if form.width == width), None)


def _gone(public: Public, request: Request, number: str, status: Status) -> Response:
    """A release that was taken back takes its files with it: 410 for ever, or 404 for now."""
    withdrawn = status is Status.CANCELED
    page = render(
        public, Reader.of(request), "gone.html", number=number, withdrawn=withdrawn
    ).encode()
    headers = {"vary": "accept-language"}
    return answers.answer(page, "text/html; charset=utf-8", headers, 410 if withdrawn else 404)


def _bytes(public: Public, request: Request, filed: Filed, form: Form) -> Response:
    """The bytes of a form, all or those of one range (RFC 9110 section 14)."""
    tag, size = f'"{form.stored.sha256[:32]}"', form.stored.size
    shown = filed.kind is not Kind.DOCUMENT
    headers = {
        **answers.SECURITY,
        **answers.FOR_ALL,
        "content-security-policy": _ALONE,
        "cache-control": answers.FRESH,
        "content-type": form.media_type,
        "content-disposition": _disposition(filed, form, inline=shown),
        "etag": tag,
        "accept-ranges": "bytes",
    }
    if tag in request.headers.get("if-none-match", ""):
        return Response(None, 304, {k: headers[k] for k in ("cache-control", "etag")})
    start, end, status = 0, size, 200
    asked = request.headers.get("range")
    if asked and request.headers.get("if-range", tag) == tag and (cut := _RANGE.fullmatch(asked)):
        start, end = _cut(cut[1], cut[2], size)
        if start >= end:
            headers["content-range"] = f"bytes */{size}"
            return Response(None, 416, headers)
        headers["content-range"], status = f"bytes {start}-{end - 1}/{size}", 206
    headers["content-length"] = str(end - start)
    if request.method == "HEAD":
        return Response(None, status, headers)
    return StreamingResponse(public.files.read(form, start, end), status, headers)


def _cut(first: str, last: str, size: int) -> tuple[int, int]:
    """The range that was asked for, end exclusive; empty where there is nothing of it."""
    if first:
        return int(first), min(int(last) + 1, size) if last else size
    return (max(0, size - int(last)), size) if last else (0, 0)


def _disposition(filed: Filed, form: Form, *, inline: bool) -> str:
    """The name under which it is saved (RFC 6266), in ASCII and whole."""
    name = filed.name if form is filed.whole else filed.address(form.width).rpartition("/")[2]
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    whole = quote(filed.name) if form is filed.whole else name
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{whole}"


def _zip(public: Public, number: str, request: Request) -> Response | None:
    found = public.release(number)
    if found is None or found.shown.status is not Status.USABLE:
        return None
    revision = found.shown.revision
    entries = zip_of(public, revision)
    if not entries:
        return None
    headers = {
        **answers.SECURITY,
        **answers.FOR_ALL,
        "cache-control": answers.FRESH,
        "content-type": "application/zip",
        "content-disposition": f'attachment; filename="{number}.zip"',
        "content-length": str(zipped.size_of(entries)),
    }
    if request.method == "HEAD":
        return Response(None, 200, headers)
    at = revision.version_created or public.now()
    return StreamingResponse(zipped.write(entries, at), 200, headers)


def _entry(public: Public, filed: Filed, name: str) -> Entry:
    stored = filed.whole.stored

    def read() -> Iterator[bytes]:
        return public.files.read(filed.whole)

    return Entry(name, stored.size, stored.crc32, read)


def _credits(found: list[Filed], names: list[str], revision: Revision) -> Entry:
    """What is said of each file, and which release they belong to."""
    import zlib

    lines = [revision.headline, revision.url or "", ""]
    for item, name in zip(found, names, strict=False):
        about = item.about
        said = (about.caption, about.alt, about.credit, about.rights)
        words = ("Caption", "Alt text", "Credit", "Rights")
        lines.append(name)
        lines += [f"  {word}: {text}" for word, text in zip(words, said, strict=True) if text]
        lines.append("")
    data = "\r\n".join(lines).encode()
    return Entry(names[-1], len(data), zlib.crc32(data), lambda: (data,))
