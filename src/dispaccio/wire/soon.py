"""Publishing with a moment to think again: sealed until then, and called back by Stop."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from dispaccio.access.actor import Actor
from dispaccio.access.roles import Action
from dispaccio.embargo.schedule import to_millisecond
from dispaccio.errors import IllegalMove
from dispaccio.release.canonical import write_instant
from dispaccio.release.label import LabelKind
from dispaccio.release.state import State, in_words, move
from dispaccio.store import events, releases
from dispaccio.wire.core import Wire
from dispaccio.wire.publish import publish, require_clock
from dispaccio.wire.review import approve, open_of, set_time
from dispaccio.words import say


def publish_soon(
    wire: Wire,
    actor: Actor,
    ref: str,
    *,
    confirm: bool = False,
    label: LabelKind | None = None,
) -> datetime | None:
    """Publish when ``publish_wait`` has passed, by sealing the text until then; that instant.

    It is approved first if that is still to be done; an embargo holds, as in ``publish``. None
    where the wire does not wait: then the text is public. Raises what ``publish`` raises.
    """
    with wire.store.read(wire.clock.now()) as tx:
        row, revision, draft = open_of(wire, tx, actor, Action.PUBLISH, ref)
    require_clock(wire)
    wait = timedelta(seconds=wire.settings.publish_wait)
    at = to_millisecond(wire.clock.now()) + wait
    at = max(at, draft.revision.embargo or at)
    waits = bool(wait) or draft.revision.embargo == at
    if revision.state == State.IN_REVIEW:
        approve(
            wire, actor, ref, confirm=confirm, label=label, at=at if waits else None, now=not waits
        )
    elif waits:
        set_time(wire, actor, ref, at)
    if not waits:
        publish(wire, actor, ref)
        return None
    before = revision.release_time
    detail = {"release_time": write_instant(at)}
    if before is not None:
        detail["instead_of"] = write_instant(before)
    with wire.store.write(wire.clock.now()) as tx:
        events.append(
            tx, "publishing", actor.name, release=row.key, revision=revision.key, detail=detail
        )
    return at


def stop(wire: Wire, actor: Actor, ref: str) -> State:
    """Call a sealed revision back: it is approved, without a release time.

    Raises IllegalMove, NothingOpen.
    """
    with wire.store.write(wire.clock.now(), urgent=True) as tx:
        row, revision, draft = open_of(wire, tx, actor, Action.PUBLISH, ref)
        state = State(revision.state)
        if state is not State.SEALED or revision.release_time is None:
            raise IllegalMove(
                say(
                    "Only what is sealed can be stopped; this text is {state}.",
                    state=in_words(state),
                )
            )
        state = move(state, State.APPROVED)
        draft = replace(
            draft.with_revision(release_time=None),
            parts=(),
            manifest=None,
            signature=None,
            signer=None,
            nonce=None,
        )
        releases.change_revision(
            tx,
            revision.key,
            state=state.value,
            release_time=None,
            sealed=draft.seal(wire.data_key(tx, row)),
            seal_leaf=None,
        )
        detail = {"release_time": write_instant(revision.release_time)}
        events.append(
            tx, "stopped", actor.name, release=row.key, revision=revision.key, detail=detail
        )
    wire.tell()
    return state
