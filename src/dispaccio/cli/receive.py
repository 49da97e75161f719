"""``dispaccio receive``: the receiver's kit as a command."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dispaccio.cli.output import count, say
from dispaccio.cli.session import plain_command
from dispaccio.errors import MalformedReceiver, NoSuchFile

if TYPE_CHECKING:
    import ssl

    from dispaccio.receive.receiver import Receiver
    from dispaccio.receive.targets import Target

SECRET, KEY, PASSWORD = "DISPACCIO_SECRET", "DISPACCIO_KEY", "DISPACCIO_PASSWORD"


class To(StrEnum):
    """What deliveries are handed to."""

    FOLDER = "folder"
    COMMAND = "command"
    WORDPRESS = "wordpress"


_USUAL = {To.FOLDER: "dispaccio", To.COMMAND: "dispaccio", To.WORDPRESS: "ninjs"}
"""The format that is fetched for thin payloads."""


Some = list[str] | None
File = Path | None
Where = Annotated[
    str, typer.Argument(metavar="WHERE", help="The folder, the command, or the site's address.")
]
ToOption = Annotated[To, typer.Option("--to", help="What takes the releases.")]
From = Annotated[str, typer.Option("--from", metavar="URL", help="The wire's public address.")]
SecretFile = Annotated[
    File, typer.Option(metavar="FILE", help=f"The endpoint's secret; or put it in {SECRET}.")
]
PublicKey = Annotated[
    Some, typer.Option(metavar="KEY", help="The wire's key whpk_…, in place of a secret.")
]
MemoryOption = Annotated[
    Path, typer.Option(metavar="DIR", help="Where it remembers what was taken.")
]
Name = Annotated[
    str | None,
    typer.Option(metavar="TEMPLATE", help="Names of files: {number}.v{version}{suffix}"),
]
Format = Annotated[
    str | None,
    typer.Option(metavar="FORMAT", help="What is fetched for thin payloads: dispaccio."),
]
User = Annotated[str | None, typer.Option(metavar="NAME", help="The user of the WordPress site.")]
PasswordFile = Annotated[
    File, typer.Option(metavar="FILE", help=f"Its application password; or put it in {PASSWORD}.")
]
Publish = Annotated[bool, typer.Option("--publish", help="Publish posts; else they are drafts.")]
CatchUp = Annotated[bool, typer.Option("--catch-up", help="Fetch what was missed, then listen.")]
Once = Annotated[bool, typer.Option("--once", help="Fetch what was missed, and end.")]
KeyFile = Annotated[
    File, typer.Option(metavar="FILE", help=f"The API key for that; or put it in {KEY}.")
]
Endpoint = Annotated[
    str | None, typer.Option(metavar="ID", help="The endpoint, where the key's owner has several.")
]
Host = Annotated[str, typer.Option(help="The address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")]
Certificate = Annotated[
    File, typer.Option(metavar="FILE", help="Speak https with this chain and key (PEM).")
]
_EXAMPLE = """
dispaccio receive --to folder incoming --from https://wire.example --secret-file secret
dispaccio receive --to command "./import.sh --quiet" --from https://wire.example
dispaccio receive --to wordpress https://news.example --user desk --from https://wire.example"""


def register(app: typer.Typer) -> None:
    """Add ``receive``."""
    plain_command(app, "receive", example=_EXAMPLE)(receive)


def receive(  # noqa: PLR0913 - each parameter is an option that the user sees
    where: Where,
    *,
    to: ToOption,
    wire: From,
    secret_file: SecretFile = None,
    public_key: PublicKey = None,
    memory: MemoryOption = Path("dispaccio-memory"),
    name: Name = None,
    format: Format = None,
    user: User = None,
    password_file: PasswordFile = None,
    publish: Publish = False,
    catch_up: CatchUp = False,
    once: Once = False,
    key_file: KeyFile = None,
    endpoint: Endpoint = None,
    host: Host = "127.0.0.1",
    port: Port = 8090,
    certificate: Certificate = None,
) -> None:
    """Receive releases, once and in order.

    It checks signatures, drops what it has, refuses an older revision after a newer one and
    anything after a withdrawal, and answers only when what came is safe on the disk. It needs no
    home and nothing of the wire.
    """
    if format is not None:
        _check_format(format)
    target = _target(to, where, name, user, _secret(password_file, PASSWORD), publish=publish)
    keys = (_secret(secret_file, SECRET) or "").split(), public_key or []
    key = _secret(key_file, KEY)
    _check(once=once, fetches=catch_up or once, key=key, keys=[*keys[0], *keys[1]])
    tls = _tls(certificate)
    with _receiver(memory, target, keys, (wire, key, endpoint), format or _USUAL[to]) as receiver:
        if catch_up or once:
            _say_now(f"Caught up: {count(receiver.catch_up(), 'release')} taken.")
        if not once:
            _listen(receiver, host, port, tls)


def _check_format(name: str) -> None:
    """See that a wire has documents in that format. Raises MalformedReceiver."""
    from dispaccio.formats.registry import formats, likely

    known = [key for key, format in formats().items() if format.about.twin]
    if name not in known:
        raise MalformedReceiver(f"--format: a wire has no {name!r}; {likely(name, known)}")


def _check(*, once: bool, fetches: bool, key: str | None, keys: list[str]) -> None:
    """See that there is what the command needs to trust. Raises MalformedReceiver."""
    if fetches and not key:
        raise MalformedReceiver(f"Fetching what was missed needs an API key: --key-file or {KEY}.")
    if not once and not keys:
        raise MalformedReceiver(
            f"Name what signatures are checked with: --secret-file, {SECRET} or --public-key."
        )


@contextmanager
def _receiver(
    memory: Path,
    target: Target,
    keys: tuple[list[str], list[str]],
    wire: tuple[str, str | None, str | None],
    format: str,
) -> Iterator[Receiver]:
    """The receiver, while it holds its memory. Raises ReceiverInUse, MalformedReceiver."""
    from dispaccio.receive.fetch import Wire, origin
    from dispaccio.receive.memory import Memory
    from dispaccio.receive.receiver import Keys, Receiver

    origin(wire[0])
    with closing(Memory(memory)) as kept:
        yield Receiver(kept, target, Keys(*keys), Wire(*wire), format=format, log=_say_now)


def _listen(receiver: Receiver, host: str, port: int, tls: ssl.SSLContext | None) -> None:
    import asyncio

    from dispaccio.receive.server import Server

    def ready(taken: int) -> None:
        scheme = "https" if tls else "http"
        _say_now(f"Receiving at {scheme}://{host}:{taken}/; stop it with Ctrl-C.")

    asyncio.run(Server(receiver).serve(host, port, ready, tls))


def _target(
    to: To,
    where: str,
    name: str | None,
    user: str | None,
    password: str | None,
    *,
    publish: bool,
) -> Target:
    from dispaccio.receive import targets
    from dispaccio.receive.wordpress import WordPress

    if to is To.FOLDER:
        return targets.Folder(Path(where), name or targets.NAME)
    if name is not None:
        raise MalformedReceiver("--name is for --to folder.")
    if to is To.COMMAND:
        return targets.Command(where)
    if not user or not password:
        raise MalformedReceiver(
            f"WordPress needs --user and an application password: --password-file or {PASSWORD}."
        )
    return WordPress(where, user, password, publish=publish)


def _secret(file: Path | None, variable: str) -> str | None:
    """What a file holds, or else an environment variable. Raises NoSuchFile."""
    import os

    if file is None:
        return os.environ.get(variable)
    try:
        return file.read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        raise NoSuchFile(f"{file} cannot be read: {error}.") from None


def _tls(certificate: Path | None) -> ssl.SSLContext | None:
    if certificate is None:
        return None
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate)
    except OSError as error:
        raise MalformedReceiver(f"--certificate: {certificate} cannot be used: {error}.") from None
    return context


def _say_now(line: str) -> None:
    say(line)
    sys.stdout.flush()
