"""Pictures and files of a text on its way: /submissions/REF/files."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from dispaccio.api.caller import Caller, TheWire
from dispaccio.api.strict import StrictRoute
from dispaccio.embargo.files import CHUNK, Stored, Writer
from dispaccio.errors import EmptyInput
from dispaccio.wire import files
from dispaccio.wire.core import Wire
from dispaccio.wire.filed import LONGEST, MOST, About

router = APIRouter(route_class=StrictRoute)
Said = Annotated[str | None, Query(max_length=LONGEST)]
Text = Annotated[str | None, Field(max_length=LONGEST)]


class Change(BaseModel):
    """What is said of a picture or file; what is left out stays, an empty text takes it away."""

    model_config = ConfigDict(extra="forbid")

    name: Text = None
    alt: Text = None
    credit: Text = None
    rights: Text = None
    caption: Text = None


class Order(BaseModel):
    """The ids in the order that is wanted."""

    model_config = ConfigDict(extra="forbid")

    ids: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=MOST)]


async def about(
    name: Said = None,
    alt: Said = None,
    credit: Said = None,
    rights: Said = None,
    caption: Said = None,
) -> About:
    """What the query says of a picture or file. Async, so that it costs no thread."""
    return About(name, alt, credit, rights, caption)


@router.post("/submissions/{ref}/files", status_code=201)
async def add_file(
    request: Request,
    wire: TheWire,
    actor: Caller,
    ref: str,
    said: Annotated[About, Depends(about)],
) -> dict[str, Any]:
    """Add a picture or file, which is the body; it goes into the vault as it comes."""
    await run_in_threadpool(files.require_open, wire, actor, ref)
    original = await _taken(request, wire)
    done = await run_in_threadpool(files.add, wire, actor, ref, original, said)
    return {"id": done.files[-1].id, **done.to_json(wire.settings.url)}


@router.get("/submissions/{ref}/files")
def list_files(wire: TheWire, actor: Caller, ref: str) -> dict[str, Any]:
    """The pictures and files of a text, in its order, and what the checks say."""
    return files.listed(wire, actor, ref).to_json(wire.settings.url)


@router.get("/submissions/{ref}/files/{id}")
def get_file(
    wire: TheWire,
    actor: Caller,
    ref: str,
    id: str,
    width: Annotated[int | None, Query(ge=1, le=100_000)] = None,
) -> StreamingResponse:
    """The bytes of one as it will be published, for those who work on the text."""
    sent = files.content(wire, actor, ref, id, width)
    headers = {"content-length": str(sent.form.stored.size), "cache-control": "no-store"}
    return StreamingResponse(sent.pieces, headers=headers, media_type=sent.form.media_type)


@router.patch("/submissions/{ref}/files/{id}")
def change_file(wire: TheWire, actor: Caller, ref: str, id: str, asked: Change) -> dict[str, Any]:
    """Say something else of one; one that is public already gets another id and address."""
    done = files.change(wire, actor, ref, id, About(**asked.model_dump()))
    return done.to_json(wire.settings.url)


@router.post("/submissions/{ref}/files/order")
def order_files(wire: TheWire, actor: Caller, ref: str, asked: Order) -> dict[str, Any]:
    """Put them in another order."""
    return files.order(wire, actor, ref, asked.ids).to_json(wire.settings.url)


@router.delete("/submissions/{ref}/files/{id}")
def remove_file(wire: TheWire, actor: Caller, ref: str, id: str) -> dict[str, Any]:
    """Take one out of the text; if it was never public, it is gone."""
    return files.remove(wire, actor, ref, id).to_json(wire.settings.url)


async def _taken(request: Request, wire: Wire) -> Stored:
    """The body in the vault, sealed as it comes. Where it breaks off, nothing is left of it."""
    writer = await run_in_threadpool(Writer, wire.home)
    try:
        waiting = bytearray()
        async for piece in request.stream():
            waiting += piece
            if len(waiting) >= CHUNK:
                await run_in_threadpool(writer.write, bytes(waiting))
                waiting.clear()
        await run_in_threadpool(writer.write, bytes(waiting))
        return await run_in_threadpool(_finished, writer)
    except BaseException:
        writer.abandon()
        raise


def _finished(writer: Writer) -> Stored:
    if not writer.size:
        raise EmptyInput("The body is empty; send the picture or file in it.")
    return writer.finish()
