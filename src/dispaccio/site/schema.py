"""The schema of the native format, for those who write it or check it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from dispaccio.formats import schema as schemas
from dispaccio.site import answers
from dispaccio.wire.public import Public

PATH = f"/schema/{schemas.NAME}"


def schema(public: Public, request: Request) -> Response:
    """The JSON Schema of ``dispaccio/1``."""
    return answers.document(schemas.schema(), schemas.MEDIA_TYPE)
