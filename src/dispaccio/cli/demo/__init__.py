"""``dispaccio demo``: the whole road on a scratch home, told in sentences that are checked."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from dispaccio.errors import StoryBroken

if TYPE_CHECKING:
    from dispaccio.cli.demo.outside import Outside

COMMAND = [sys.executable, "-m", "dispaccio"]
FIRST_PORT = 8000
ATTEMPTS = 5


def run(command: list[str] | None = None) -> None:
    """Tell the story; then keep serving while somebody is at the terminal.

    ``command`` is how the server and the commands are started, by default this program. Raises
    StoryBroken at the first sentence that is not true.
    """
    from dispaccio.cli.demo.crowd import Crowd
    from dispaccio.cli.demo.receiver import Receiver
    from dispaccio.cli.demo.story import Story, tell_all

    with tempfile.TemporaryDirectory(prefix="dispaccio-demo-") as scratch, _terminable():
        receiver, crowd = Receiver(), Crowd()
        outside = _start(command or COMMAND, Path(scratch))
        try:
            story = Story(outside, receiver, crowd, _tell)
            tell_all(story)
            if sys.stdin.isatty() and not os.environ.get("DISPACCIO_DEMO_ONCE"):
                _say_where(story.number, story.relayed, outside.url)
                _say_who(outside)
                _keep_serving(outside)
        finally:
            outside.stop()
            receiver.stop()
            crowd.stop()


def _start(command: list[str], scratch: Path) -> Outside:
    """A server on a home of its own; another port, if somebody took the free one meanwhile."""
    from dispaccio.cli.demo.outside import Outside

    for attempt in range(ATTEMPTS):
        outside = Outside(command, scratch / f"home{attempt}")
        port = _free_port()
        url = f"http://127.0.0.1:{port}"
        words = ["--name", "Ponte Dispacci", "--url", url, "--zone", "Europe/Rome", "--test"]
        outside.run("init", *words)
        if outside.serve(port):
            return outside
        outside.stop()
    raise StoryBroken("The server did not start.")


def _tell(sentence: str) -> None:
    print(sentence, flush=True)


def _say_where(number: str, relayed: str, url: str) -> None:
    _tell("\nOpen")
    for path, what in (
        ("/", "the newsroom"),
        (f"/r/{number}", "the withdrawn release"),
        (f"/r/{relayed}", "the relayed release with its chain"),
        (f"/r/{relayed}.json", "the same as data"),
        ("/atom.xml", "the feed"),
        ("/search?q=tidal", "search"),
    ):
        _tell(f"  {url}{path}  {what}")


def _say_who(outside: Outside) -> None:
    """Links with which the three people of the story come in by a browser, each once."""
    _tell("\nCome in, with a password that you choose there")
    for name, what in (("anna", "writes"), ("bruno", "is the desk"), ("piero", "runs the wire")):
        link = outside.do("piero", "POST", f"/people/{name}/invitations")["url"]
        _tell(f"  {link}  {name}, who {what}")


def _keep_serving(outside: Outside) -> None:
    _tell("\nThe wire keeps serving until you press Ctrl-C.")
    with contextlib.suppress(KeyboardInterrupt):
        while outside.alive():
            time.sleep(0.5)


@contextlib.contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM end the demo as Ctrl-C does, so that what it started is stopped."""

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _free_port() -> int:
    for port in (*range(FIRST_PORT, FIRST_PORT + 50), 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return int(probe.getsockname()[1])
    raise OSError("no port is free")
