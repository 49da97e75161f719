"""What every command that works on a wire shares: --home, --as, --json, and the way to the API."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar

import typer

from dispaccio.cli import client, output
from dispaccio.cli.client import Door
from dispaccio.errors import DispaccioError

T = TypeVar("T")
Run = TypeVar("Run", bound=Callable[..., None])
View = str | Callable[[Any], None]


def word(value: str | None) -> str | None:
    """The value of an option that travels in a header. Raises typer.BadParameter."""
    if value is not None and not (value.isascii() and value.isprintable()):
        raise typer.BadParameter("use letters, digits and signs of ASCII, on one line.")
    return value


Home = Annotated[
    Path,
    typer.Option(
        "--home",
        envvar="DISPACCIO_HOME",
        show_envvar=True,
        metavar="DIR",
        help="The home of the wire; the current folder, if not named.",
        show_default=False,
    ),
]
As = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="PERSON",
        callback=word,
        help="Who does this; needed where the home has several persons.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
HOME = Path()
_COMMON = [
    inspect.Parameter("home", inspect.Parameter.KEYWORD_ONLY, default=HOME, annotation=Home),
    inspect.Parameter("person", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=As),
    inspect.Parameter("json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Json),
]


class Session:
    """One command at work: its home, who acts, the API, and how the answer is printed."""

    def __init__(self, home: Path, person: str | None = None, *, json: bool = False) -> None:
        self.home, self.person, self.json = home, person, json
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    @cached_property
    def _door(self) -> Door:
        return client.open_door(self.home, self._stack)

    @property
    def serving(self) -> bool:
        """Whether a server answers for this home."""
        return self._door.serving

    def ask(
        self,
        method: str,
        *path: str,
        headers: dict[str, str | None] | None = None,
        **request: Any,
    ) -> Any:
        """One call of the API, as the person of ``--as``; see ``client.ask``."""
        headers = {"Dispaccio-As": self.person or None, **(headers or {})}
        return client.ask(self._door, method, path, headers=headers, **request)

    def post_all(
        self, path: str, documents: Iterable[tuple[T, bytes]], **query: object
    ) -> Iterator[tuple[T, Any | DispaccioError]]:
        """Many documents to one call of the API, several at once; see ``batches.post_all``."""
        from dispaccio.cli.batches import post_all

        headers = {"Dispaccio-As": self.person or None}
        return post_all(self._door, path, documents, query, headers)

    def release(self, method: str, ref: str, *path: str, **request: Any) -> Any:
        """One call about a release on its road, by its id or its number."""
        absent = f"There is no release {ref} here, or it is not yours to see."
        return self.ask(method, "submissions", ref, *path, absent=absent, **request)

    def public(self, method: str, number: str, *path: str, **request: Any) -> Any:
        """One call about a published release, by its number."""
        absent = f"There is no published release {number} here."
        return self.ask(method, "releases", number, *path, absent=absent, **request)

    def address(self, number: str) -> str:
        """The permanent address of a release of this wire."""
        from dispaccio.settings import load

        return f"{load(self.home).url.rstrip('/')}/r/{number}"

    def show(self, answer: Any, view: View) -> None:
        """Print an answer: as JSON where that was asked for, else as a sentence or by ``view``."""
        if self.json:
            output.say_json({} if answer is None else answer)
        elif isinstance(view, str):
            output.say(view)
        else:
            view(answer)


def command(app: typer.Typer, name: str, *, example: str) -> Callable[[Run], Run]:
    """Register a command that works on a wire.

    The function takes a Session first and its own options after; the user sees --home, --as and
    --json beside them. ``example`` is shown in its help: one command a line.
    """

    def register(run: Run) -> Run:
        signature = inspect.signature(run, eval_str=True)
        _, *own = signature.parameters.values()

        def at_work(*, home: Path, person: str | None, json: bool, **options: Any) -> None:
            with Session(home, person, json=json) as session:
                run(session, **options)

        parameters = [item.replace(kind=inspect.Parameter.KEYWORD_ONLY) for item in own]
        at_work.__signature__ = signature.replace(parameters=[*parameters, *_COMMON])  # type: ignore[attr-defined]
        at_work.__doc__ = run.__doc__
        plain_command(app, name, example=example)(at_work)
        return run

    return register


def plain_command(app: typer.Typer, name: str, *, example: str) -> Callable[[Run], Run]:
    """Register a command that needs no wire; its options are its own."""
    lines = "".join(f"\n  {line.strip()}" for line in example.strip().splitlines())
    return app.command(name, epilog=f"\b\nExample:{lines}")
