"""The answers of the site: their headers, and the ones that are always the same."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping

from starlette.responses import Response

FRESH = "public, max-age=5"
"""Constant: a lifetime counted down to a release time would announce it."""
FOR_EVER = "public, max-age=31536000, immutable"

SECURITY = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
}
_STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)
FOR_ALL = {"access-control-allow-origin": "*"}
"""Scripts of other sites may read what is not a page: it is public, and there are no cookies."""


def page(body: str) -> Response:
    """A page in the reader's language."""
    return answer(
        body.encode(errors="replace"), "text/html; charset=utf-8", {"vary": "accept-language"}
    )


def document(body: bytes, media_type: str) -> Response:
    """A twin, a feed or another document for programs."""
    headers = dict(FOR_ALL)
    if media_type.startswith("text/html"):
        headers["content-security-policy"] = _alone(body)
    if media_type.startswith("text/") and "charset" not in media_type:
        media_type += "; charset=utf-8"
    return answer(body, media_type, headers)


def _alone(body: bytes) -> str:
    """The policy for a document that stands alone: the style that it brings, and nothing else."""
    styles = (hashlib.sha256(style).digest() for style in _STYLE.findall(body))
    hashes = "".join(f" 'sha256-{base64.b64encode(digest).decode()}'" for digest in styles)
    own = f"style-src{hashes}; " if hashes else ""
    return f"default-src 'none'; {own}base-uri 'none'; frame-ancestors 'none'"


def fixed(body: bytes, media_type: str) -> Response:
    """A static file, whose name changes with its bytes."""
    return answer(body, media_type, {"cache-control": FOR_EVER})


def moved(path: str, status: int = 308) -> Response:
    """The permanent redirect to the right address (RFC 9110 section 15.4)."""
    return answer(b"", None, {"location": path}, status=status)


def elsewhere(path: str) -> Response:
    """The redirect to what stands in for an address for the time being (RFC 9110, 15.4.8)."""
    return answer(b"", None, {"location": path, **FOR_ALL}, status=307)


def answer(
    body: bytes, media_type: str | None, headers: Mapping[str, str] = {}, status: int = 200
) -> Response:
    """An answer with the headers that every answer of the site has."""
    said = {"cache-control": FRESH, **SECURITY, **headers}
    if media_type:
        said["content-type"] = media_type
    return Response(body, status, said)
