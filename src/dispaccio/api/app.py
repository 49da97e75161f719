"""The application at ``/api/v1``."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.types import ASGIApp

from dispaccio import __version__
from dispaccio.api import (
    admin,
    advance,
    archive,
    catch_up,
    deliveries,
    endpoints,
    files,
    mailing,
    problems,
    public,
    submissions,
)
from dispaccio.api.catch_up import Catching
from dispaccio.api.limits import BodyLimit
from dispaccio.delivery.pulse import Pulse
from dispaccio.wire.core import Wire
from dispaccio.wire.public import Public

CALLS = (
    submissions,
    files,
    advance,
    archive,
    public,
    endpoints,
    deliveries,
    catch_up,
    mailing,
    admin,
)
"""The modules that hold the calls, one a group."""
SILENT: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
"""No OpenTelemetry: its records of errors could quote unreleased text, and asking costs time."""


def create_api(wire: Wire, view: Public, catching: Catching | None = None) -> ASGIApp:
    """The API of a wire, to be mounted at ``/api/v1``."""
    app = FastAPI(
        title=f"{wire.settings.name}: dispaccio API",
        version=__version__,
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=SILENT,
    )
    app.state.wire, app.state.public = wire, view
    app.state.catching = catching or Catching(wire, Pulse())
    problems.install(app)
    for calls in CALLS:
        app.include_router(calls.router)
    return BodyLimit(app, files=wire.settings.max_file_mb * 1024 * 1024)
