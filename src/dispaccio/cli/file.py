"""Pictures and files of a text on its way."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dispaccio.cli import view
from dispaccio.cli.files import read_input
from dispaccio.cli.output import say, table
from dispaccio.cli.session import Session, command

LARGEST = 1024 * 1024 * 1024
"""Bytes that a command reads; what the wire takes, it says itself."""
ID = "7f1c4b6e-3a55-4c0e-8f8e-1d8a4b0e2b11"
FILE = "0f3a9c5d21b84e7796cd0a41e85b27f3"

Ref = Annotated[str, typer.Argument(metavar="REF", help="The release's id, or its number.")]
Id = Annotated[str, typer.Argument(metavar="FILE-ID", help="The id that `file list` shows.")]
Name = Annotated[
    str | None,
    typer.Option("--name", metavar="NAME", help="What it is called; by its path, if not said."),
]
Alt = Annotated[
    str | None, typer.Option(metavar="TEXT", help="What is to be seen, for who cannot see it.")
]
Credit = Annotated[str | None, typer.Option(metavar="TEXT", help="Who made it.")]
Rights = Annotated[
    str | None, typer.Option(metavar="TEXT", help="Who may use it, and for what; needed.")
]
Caption = Annotated[str | None, typer.Option(metavar="TEXT", help="What stands below it.")]


def register(app: typer.Typer) -> None:
    """Add ``file``."""
    group = typer.Typer(help="Pictures and files of a text, until it is approved.")
    add_command = command(
        group,
        "add",
        example=f"""
        dispaccio file add {ID} gate.jpg --alt "A gate at dusk" --rights "Free" --as anna
        dispaccio file add {ID} report.pdf --as anna""",
    )
    add_command(add)
    command(group, "list", example=f"dispaccio file list {ID} --as anna")(list_)
    command(
        group, "change", example=f'dispaccio file change {ID} {FILE} --rights "Free" --as anna'
    )(change)
    command(group, "order", example=f"dispaccio file order {ID} {FILE} --as anna")(order)
    command(group, "remove", example=f"dispaccio file remove {ID} {FILE} --as anna")(remove)
    app.add_typer(group, name="file")


def add(
    wire: Session,
    ref: Ref,
    path: Annotated[
        str, typer.Argument(metavar="FILE", help="The picture or file, or - for standard input.")
    ],
    *,
    name: Name = None,
    alt: Alt = None,
    credit: Credit = None,
    rights: Rights = None,
    caption: Caption = None,
) -> None:
    """Add a picture or file to a text.

    It is sealed in the vault; what becomes public of a picture holds no position and nothing else
    that the camera wrote. It is published with its text, and not a second before.
    """
    said = {"name": name, "alt": alt, "credit": credit, "rights": rights, "caption": caption}
    wire.show(hand_over(wire, ref, path, said), _files)


def hand_over(wire: Session, ref: str, path: str, said: dict[str, str | None]) -> Any:
    """Add a file to a text: the answer of the API. Raises what ``read_input`` raises."""
    data = read_input(path, LARGEST, "a picture or a file")
    own = None if path == "-" else path.replace("\\", "/").rpartition("/")[2]
    query = {**said, "name": said["name"] or own}
    return wire.release("POST", ref, "files", data=data, query=query)


def list_(wire: Session, ref: Ref) -> None:
    """List the pictures and files of a text."""
    wire.show(wire.release("GET", ref, "files"), _files)


def change(
    wire: Session,
    ref: Ref,
    id: Id,
    *,
    name: Name = None,
    alt: Alt = None,
    credit: Credit = None,
    rights: Rights = None,
    caption: Caption = None,
) -> None:
    """Say something else of a picture or file.

    What is not named stays. One that is public already stays as it is, and the correction gets
    another one in its place.
    """
    body = {"name": name, "alt": alt, "credit": credit, "rights": rights, "caption": caption}
    wire.show(wire.release("PATCH", ref, "files", id, body=body), _files)


def order(
    wire: Session,
    ref: Ref,
    ids: Annotated[list[str], typer.Argument(metavar="FILE-ID…", help="Which come first.")],
) -> None:
    """Put pictures and files in another order.

    Those that are not named come behind.
    """
    wire.show(wire.release("POST", ref, "files", "order", body={"ids": ids}), _files)


def remove(wire: Session, ref: Ref, id: Id) -> None:
    """Take a picture or file out of a text.

    If it was never public, it is gone for good.
    """
    wire.show(wire.release("DELETE", ref, "files", id), _files)


def _files(answer: dict[str, Any]) -> None:
    rows = [
        [item["id"], item["name"], item["type"], _size(item), item.get("alt") or ""]
        for item in answer["files"]
    ]
    if rows:
        table(["id", "name", "type", "size", "alt text"], rows)
    else:
        say("There is no picture or file with it; add one with `dispaccio file add`.")
    view.findings(answer)


def _size(item: dict[str, Any]) -> str:
    pixels = f"{item['width']} × {item['height']}, " if "width" in item else ""
    return f"{pixels}{item['size'] / 1000:,.0f} kB"
