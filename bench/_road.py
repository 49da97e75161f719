"""The road of a release, for benchmarks: handed in and published through the wire's use cases."""

from __future__ import annotations

from bench import _texts
from bench._home import ISSUER, Home
from dispaccio.formats import native
from dispaccio.intake.submission import Wishes
from dispaccio.wire import publish as publishing
from dispaccio.wire import submit
from dispaccio.wire.core import Wire
from dispaccio.wire.submit import Handed

MEDIA_TYPE = native.MEDIA_TYPE


def document(seed: int, *, words: int = _texts.WORDS) -> bytes:
    """An invented release as an issuer hands it in."""
    return native.native.write(_texts.release(seed, words=words))


def hand_in(wire: Wire, home: Home, seed: int, *, words: int = _texts.WORDS) -> str:
    """Hand in the invented release with that seed; its id."""
    given = Handed(document(seed, words=words), MEDIA_TYPE, Wishes(issuer=ISSUER))
    return submit.submit(wire, home.actor, given).id


def publish(wire: Wire, home: Home, seed: int) -> str:
    """Hand in and publish at once; the number."""
    id = hand_in(wire, home, seed)
    (done,) = publishing.publish(wire, home.actor, id, confirm=True)
    return done.number
