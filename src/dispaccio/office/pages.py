"""Making private pages: the templates of the site and of this room, and the answers around them."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from starlette.responses import Response

from dispaccio.office.asked import Asked
from dispaccio.office.doors import Door
from dispaccio.site.answers import SECURITY, answer
from dispaccio.site.pages import environment
from dispaccio.wire.core import Wire
from dispaccio.wire.public import Public

HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "content-security-policy": f"{SECURITY['content-security-policy']}; connect-src 'self'",
}
"""Of every private page; their scripts may ask this wire, and nobody else."""
COOKIE = "dispaccio"
ROOMS = (
    "/releases",
    "/submit",
    "/desk",
    "/reading",
    "/vetting",
    "/me",
    "/operator",
    "/people",
    "/account",
)
"""Every room that may stand in the navigation, in its order."""
HOMES = ("/desk", "/releases", "/operator", "/reading", "/me")
"""Where people begin, the first of these rooms that is open to them."""
_PACKAGES = ("dispaccio.office", "dispaccio.site")


def local(zone: ZoneInfo, at: datetime | str) -> datetime:
    """An instant, also as reports write it, as the clocks of a zone show it; without the zone."""
    instant = datetime.fromisoformat(at) if isinstance(at, str) else at
    return instant.astimezone(zone).replace(tzinfo=None)


class Office:
    """The private side of a wire: what its pages work with."""

    def __init__(self, wire: Wire, public: Public, doors: tuple[Door, ...]) -> None:
        self.wire, self.public = wire, public
        self._pages = [door for door in doors if door.method == "GET" and door.path in ROOMS]
        secure = urlsplit(wire.settings.url).scheme == "https"
        self.cookie = f"__Host-{COOKIE}" if secure else COOKIE
        self._secure = secure

    def clocks(self) -> dict[str, Any]:
        """For a page that writes times by the wire's own clocks: its zone, and what turns there."""
        zone = self.wire.settings.zone_info
        return {"zone": self.wire.settings.zone, "local": partial(local, zone)}

    def render(
        self, asked: Asked, template: str, /, *, status: int = 200, **values: Any
    ) -> Response:
        """A page in the language of whoever asks."""
        made = self.piece(asked, template, rooms=self._rooms(asked), **values)
        kind = "text/html; charset=utf-8"
        return answer(made.encode(errors="replace"), kind, HEADERS, status)

    def piece(self, asked: Asked, template: str, /, **values: Any) -> str:
        """A template in the language of whoever asks, which may be a piece of a page."""
        made = environment(asked.reader.language, _PACKAGES).get_template(template)
        language = asked.reader.language
        return made.render(
            wire=self.public, reader=asked.reader, language=language, who=asked.who, **values
        )

    def _rooms(self, asked: Asked) -> list[str]:
        """What stands in the navigation of whoever asks; templates have the words."""
        return [
            door.path
            for door in sorted(self._pages, key=lambda door: ROOMS.index(door.path))
            if asked.who and door.opens_for(asked.actor)
        ]

    def home_of(self, asked: Asked) -> str:
        """The room where whoever asks has most to do."""
        open_ = self._rooms(asked)
        return next((room for room in HOMES if room in open_), "/account")

    def nothing(self, asked: Asked) -> Response:
        """The answer for what does not exist, and for what is nobody's business."""
        return self.render(asked, "nothing.html", status=404)

    def go(self, asked: Asked, path: str, **query: object) -> Response:
        """On to another page, after a form was taken (RFC 9110 section 15.4.4)."""
        return answer(b"", None, {"location": asked.reader.to(path, **query), **HEADERS}, 303)

    def with_session(self, response: Response, token: str | None) -> Response:
        """An answer that gives the browser a session, or takes it away (None)."""
        return self.with_cookie(response, self.cookie, token or "", None if token else 0)

    def with_cookie(
        self, response: Response, name: str, value: str, seconds: int | None
    ) -> Response:
        """An answer with a cookie for this host alone, which no script can read."""
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )
        return response
