"""Switches that break the wire on purpose, to show that its tests would notice.

``python -m dispaccio.testing.faults NAME -- ARGS…`` runs the command line with one fault. A fault
replaces functions by their names when the process starts; the product itself has no such switch.

``kill:FUNCTION[:before|after][:N]`` ends the process, as SIGKILL would, at the N-th call of a
function that is named below ``dispaccio``, such as ``kill:store.leaves.append:after``.
``fail:FUNCTION`` makes a function raise an error that nobody expects, with what it was given in it.
"""

from __future__ import annotations

import importlib
import os
import resource
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import wraps
from inspect import iscoroutinefunction
from itertools import count
from types import FunctionType
from typing import Any

from dispaccio.clock import Clock
from dispaccio.errors import NotPublished
from dispaccio.release.model import Visibility
from dispaccio.release.state import Status
from dispaccio.store import releases

KILLED = 9
"""The exit code of a process that a ``kill`` fault ended."""
_AHEAD = timedelta(seconds=2)

Function = Callable[..., Any]
Change = Callable[[Function], Function]


class UnknownFault(LookupError):
    """There is no fault, or no function to break, of that name."""


def change(name: str, made: Change) -> None:
    """Put ``made(original)`` in the place of a function or method, wherever it was imported to.

    Args:
        name: its name below ``dispaccio``, such as ``store.engine.Store.write``.
        made: takes the original, gives what stands in its place.

    Raises:
        UnknownFault: there is no function of that name.
    """
    owner, attribute = _find(name)
    original = getattr(owner, attribute)
    new = wraps(original)(made(original))
    setattr(owner, attribute, new)
    for module in [m for n, m in sys.modules.items() if n.startswith("dispaccio")]:
        for where, value in list(vars(module).items()):
            if value is original:
                setattr(module, where, new)


def apply(name: str) -> None:
    """Break this process by the fault of that name. Raises UnknownFault, which lists the names."""
    if name.startswith("kill:"):
        _kill(name.removeprefix("kill:"))
    elif name.startswith("fail:"):
        change(name.removeprefix("fail:"), lambda _: _fail)
    elif name in FAULTS:
        FAULTS[name]()
    else:
        raise UnknownFault(
            f"There is no fault {name!r}; there are kill:…, fail:… and {', '.join(FAULTS)}."
        )


def main(arguments: Sequence[str]) -> None:
    """Apply the fault that is named first, then run the command line with what follows ``--``."""
    if len(arguments) < 2 or arguments[1] != "--":
        raise SystemExit("usage: python -m dispaccio.testing.faults NAME -- ARGS…")
    try:
        apply(arguments[0])
    except UnknownFault as error:
        raise SystemExit(str(error)) from None
    from dispaccio.cli import main as run

    sys.argv = ["dispaccio", *arguments[2:]]
    raise SystemExit(run())


def _find(name: str) -> tuple[Any, str]:
    """The module or class that holds a function, and the function's own name there."""
    words = name.split(".")
    for cut in range(len(words) - 1, 0, -1):
        try:
            owner: Any = importlib.import_module(".".join(["dispaccio", *words[:cut]]))
        except ModuleNotFoundError:
            continue
        for word in words[cut:-1]:
            owner = getattr(owner, word, None)
        if isinstance(getattr(owner, words[-1], None), FunctionType):
            return owner, words[-1]
        break
    raise UnknownFault(f"There is no function dispaccio.{name}.")


def _kill(what: str) -> None:
    name, *more = what.split(":")
    after = "after" in more
    wanted = next((int(word) for word in more if word.isdecimal()), 1)

    def make(original: Function) -> Function:
        calls = count(1)

        def end(at: int, *, there: bool) -> None:
            if there and at == wanted:
                os._exit(KILLED)

        def deadly(*args: Any, **named: Any) -> Any:
            call = next(calls)
            end(call, there=not after)
            result = original(*args, **named)
            end(call, there=after)
            return result

        async def deadly_later(*args: Any, **named: Any) -> Any:
            call = next(calls)
            end(call, there=not after)
            result = await original(*args, **named)
            end(call, there=after)
            return result

        return deadly_later if iscoroutinefunction(original) else deadly

    change(name, make)


def _fail(*args: Any, **named: Any) -> Any:
    raise ArithmeticError(args, named)


def _no_label() -> None:
    """Releases go out without their label."""
    change("wire.edition.public_form", lambda made: lambda *a: replace(made(*a), label=None))


def _early() -> None:
    """Publication runs two seconds before the release time."""
    change(
        "embargo.schedule.next_step",
        lambda step: lambda now, due, **named: step(now + _AHEAD, due, **named),
    )

    def hasty(made: Function) -> Function:
        def init(publisher: Any, wire: Any) -> None:
            ahead = Clock(lambda: wire.clock.now() + _AHEAD, wire.clock.monotonic)
            made(publisher, replace(wire, clock=ahead))

        return init

    change("wire.publish.Publisher.__init__", hasty)


def _late() -> None:
    """Publication runs two seconds after the release time."""
    change(
        "embargo.schedule.next_step",
        lambda step: lambda now, due, **named: step(now - _AHEAD, due, **named),
    )


def _plain_vault() -> None:
    """Unreleased text is written to the disk as it is."""
    change("embargo.vault.DataKey.seal", lambda _: lambda key, name, plain: b"plain:" + plain)
    change("embargo.vault.DataKey.open", lambda _: lambda key, name, sealed: sealed[6:])


def _no_delivery() -> None:
    """Nothing is pushed to anybody."""
    change("store.outbox.fan_out", lambda _: lambda *a, **named: 0)
    change("store.outbox.recall", lambda _: lambda *a: 0)


def _wrong_signature() -> None:
    """Webhooks are signed over other bytes than those that are sent."""
    change("delivery.letter.Key.sign", lambda sign: lambda key, content: sign(key, content + b" "))


def _lost_correction() -> None:
    """After a correction the addresses go on showing the old text."""

    def forget(made: Function) -> Function:
        def changed(tx: Any, key: int, **values: Any) -> None:
            row = releases.by_key(tx, key)
            if row and row.shown and values.get("status") == Status.USABLE:
                values.pop("shown", None)
            made(tx, key, **values)

        return changed

    def first(made: Function) -> Function:
        def visible(public: Any, tx: Any, row: Any, version: int | None) -> Any:
            old = row.status == Status.USABLE and version is None
            return made(public, tx, row, 1 if old else version)

        return visible

    change("store.releases.change", forget)
    change("wire.public.Public._visible", first)


def _withdrawal_keeps_text() -> None:
    """What was withdrawn can still be read at its addresses."""
    change("release.notice.shown", lambda _: lambda revision: revision)


def _no_leaf() -> None:
    """What is published is not written into the log."""

    def skip(made: Function) -> Function:
        def append(tx: Any, body: bytes, digest: bytes, *, revision: int | None = None) -> Any:
            return made(tx, body, digest) if revision is None else -1

        return append

    change("store.leaves.append", skip)


def _duplicate_number() -> None:
    """Every release gets the same number."""
    number = "wire.core.Wire.number"
    change(number, lambda made: lambda wire, _: made(wire, releases.FIRST_ORDINAL))


def _relay_forgets_hops() -> None:
    """What is taken over from another wire loses the chain that it came through."""

    def forget(made: Function) -> Function:
        def taken(*args: Any) -> Any:
            found = made(*args)
            return replace(found, revision=replace(found.revision, hops=()))

        return taken

    change("intake.submission.as_taken", forget)


def _two_answers() -> None:
    """What is sealed is answered otherwise than what does not exist."""

    def tell(made: Function) -> Function:
        def find(public: Any, tx: Any, number: str) -> Any:
            row = made(public, tx, number)
            if row is None and releases.next_due(tx) is not None:
                raise NotPublished
            return row

        return find

    def refuse(made: Function) -> Function:
        def show(wire: Any, actor: Any, ref: str) -> Any:
            with wire.store.read(wire.clock.now()) as tx:
                if not actor.person_id and wire.find(tx, ref).ordinal is None:
                    raise NotPublished
            return made(wire, actor, ref)

        return show

    change("wire.public.Public._find", tell)
    change("wire.report.show", refuse)


def _no_findings() -> None:
    """The checks find nothing."""
    change("desk.checks.registry.run", lambda _: lambda *a, **named: ())


def _stale_pages() -> None:
    """Pages once shown are shown for ever."""
    change("site.front.Front.invalidate", lambda _: lambda front: None)


def _private_contacts() -> None:
    """Contacts that are for the media only are shown to everybody."""

    def open_up(made: Function) -> Function:
        def public(wire: Any, draft: Any, place: Any) -> Any:
            shown = tuple(
                replace(contact, visibility=Visibility.PUBLIC)
                for contact in draft.revision.contacts
            )
            return made(wire, draft.with_revision(contacts=shown), place)

        return public

    change("wire.edition.public_form", open_up)


def _withdrawal_untold() -> None:
    """Subscribers are not told of a withdrawal."""
    change("store.outbox.recall", lambda _: lambda *a: 0)


def _read_only() -> None:
    """The database cannot be written."""

    def lock(made: Function) -> Function:
        def prepare(connection: Any, record: object) -> None:
            made(connection, record)
            connection.execute("PRAGMA query_only = ON")

        return prepare

    change("store.engine._prepare_writer", lock)


def _failing_disk() -> None:
    """No file can grow beyond half a megabyte: the disk answers with an error."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 19, 1 << 19))


FAULTS: dict[str, Callable[[], None]] = {
    "no-label": _no_label,
    "early": _early,
    "late": _late,
    "plain-vault": _plain_vault,
    "no-delivery": _no_delivery,
    "wrong-signature": _wrong_signature,
    "lost-correction": _lost_correction,
    "withdrawal-keeps-text": _withdrawal_keeps_text,
    "withdrawal-untold": _withdrawal_untold,
    "no-leaf": _no_leaf,
    "duplicate-number": _duplicate_number,
    "relay-forgets-hops": _relay_forgets_hops,
    "two-answers": _two_answers,
    "no-findings": _no_findings,
    "stale-pages": _stale_pages,
    "private-contacts": _private_contacts,
    "read-only": _read_only,
    "failing-disk": _failing_disk,
}
"""Every fault by its name."""

if __name__ == "__main__":
    main(sys.argv[1:])
