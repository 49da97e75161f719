"""Errors as problem details (RFC 9457), with the error's stable code.

There is no ``instance`` and no request id: the answer for "not yet" has to be byte for byte the
answer for "never existed".
"""

from __future__ import annotations

import json

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dispaccio.errors import DispaccioError

MEDIA_TYPE = "application/problem+json"
_SENTENCES = {404: "There is nothing here.", 405: "This address does not take that method."}


def problem(status: int, code: str, detail: str) -> Response:
    """One problem as an answer."""
    body = {"type": f"urn:dispaccio:error:{code}", "code": code, "status": status, "detail": detail}
    headers = {"cache-control": "no-store"}
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    if status == 503:
        headers["retry-after"] = "5"
    content = json.dumps(body, ensure_ascii=False)
    return Response(content, status, headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Answer every error of the application with a problem."""
    app.add_exception_handler(DispaccioError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, DispaccioError)
    if error.status == 404 and not error.details.get("shown"):
        return problem(404, "not-found", _SENTENCES[404])
    return problem(error.status, error.code(), error.message)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()[0]
    where = ".".join(str(item) for item in found["loc"] if item not in ("body", "query"))
    return problem(422, "malformed-request", f"{where or 'The request'}: {found['msg']}.")


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = _SENTENCES.get(error.status_code, str(error.detail))
    code = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "malformed-request")
    return problem(error.status_code, code, detail)


def _unexpected(request: Request, error: Exception) -> Response:
    """A fault of ours, which the server reports."""
    return problem(500, "internal-error", "The wire failed at this; nothing was changed.")
