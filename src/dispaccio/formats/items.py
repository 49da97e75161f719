"""Documents that hold several items: each is read by itself, and a bad one harms no other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from dispaccio.errors import EmptyInput, InputError, TooLarge
from dispaccio.release.model import ItemKind, Reading, Revision

T = TypeVar("T")
_LEFT_OUT = re.compile(r"Item (\d+) was left out\. (.*)", re.DOTALL)
MOST = 100_000
"""The most items that one document may hold."""


def read_each(
    documents: Iterable[T], read: Callable[[T], Reading], most: int = MOST
) -> list[Reading]:
    """The reading of every item that can be read.

    An item that cannot is named, by its place from 1, in a warning of the first that can; if there
    is none, its error is raised. Raises TooLarge for more than ``most`` items, EmptyInput for none.
    """
    readings: list[Reading] = []
    failure: InputError | None = None  # the first alone: each holds the frames it came through
    warnings: list[str] = []
    for index, document in enumerate(documents, start=1):
        if index > most:
            raise TooLarge(f"The document has more than {most:,} items, which is what is taken.")
        try:
            readings.append(read(document))
        except InputError as error:
            failure = failure or error
            warnings.append(f"Item {index} was left out. {error.message}")
    if failure and not readings:
        raise failure
    if not readings:
        raise EmptyInput("The document holds no item.")
    first = replace(readings[0], warnings=(*readings[0].warnings, *warnings))
    return [first, *readings[1:]]


def lost(readings: Iterable[Reading]) -> list[str]:
    """The warnings of a document's readings that name an item which could not be read."""
    return [said for reading in readings for said in reading.warnings if _LEFT_OUT.match(said)]


def left_out(warnings: Iterable[str]) -> list[tuple[int, str]]:
    """The items that ``read_each`` left out, by their place, with the error of each."""
    found = (_LEFT_OUT.fullmatch(warning) for warning in warnings)
    return [(int(item[1]), item[2]) for item in found if item]


def not_text(
    format: str, kind: ItemKind, metadata: Revision, warnings: tuple[str, ...] = ()
) -> Reading:
    """The reading of a picture, a film, a planning item …: what it is, and its metadata."""
    return Reading(format, metadata, warnings=warnings, item=kind)
