"""The file that says to which release an old address leads."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dispaccio.cli.files import read_input
from dispaccio.errors import MalformedDocument, MalformedRedirect

if TYPE_CHECKING:
    from dispaccio.cli.archive import Tally
    from dispaccio.cli.session import Session

TOGETHER = 500
"""How many redirects one call of the API brings."""


class Redirects:
    """Old paths by the release that they wait for: its number, id, file, identifier or address."""

    def __init__(self, name: str, wanted: dict[str, list[str]], wrong: list[int]) -> None:
        self._name, self._wanted, self._wrong = name, wanted, wrong
        self._found: list[tuple[str, str]] = []

    def meet(
        self,
        wire: Session,
        tally: Tally,
        file: str,
        said: dict[str, Any],
        *,
        dry_run: bool,
    ) -> None:
        """Take news of a file: the paths that wait for its releases have found them."""
        if not self._wanted:
            return
        alone = _names_of(file) if said["of"] == 1 else ()
        for item in said["items"]:
            if "number" in item:
                names = (item["number"], item["id"], *item.get("known_as", ()), *alone)
                for name in names:
                    paths = self._wanted.pop(name, ())
                    self._found += [(path, item["number"]) for path in paths]
        if len(self._found) >= TOGETHER and not dry_run:
            self._send(wire, tally)

    def finish(self, wire: Session, tally: Tally, *, dry_run: bool) -> None:
        """Send the rest; what no file brought may be a release that has been here before.

        The lines that are no redirect are noted among the errors.
        """
        for line in self._wrong:
            why = "write an old path and a release, with a comma between."
            tally.error(f"{self._name}, line {line}", MalformedRedirect.code(), why)
        if dry_run:
            return
        self._found += [(path, ref) for ref, paths in self._wanted.items() for path in paths]
        self._wanted = {}
        self._send(wire, tally)

    def _send(self, wire: Session, tally: Tally) -> None:
        found, self._found = self._found, []
        for start in range(0, len(found), TOGETHER):
            some = [{"path": path, "to": ref} for path, ref in found[start : start + TOGETHER]]
            answer = wire.ask("POST", "archive", "redirects", body={"redirects": some})
            for item in answer["redirects"]:
                tally.redirects += "number" in item
                if "error" in item:
                    why = item["error"]
                    tally.error(f"{self._name}, {item['path']}", why["code"], why["message"])


def read_redirects(name: str | None) -> Redirects:
    """The redirects of a CSV file (RFC 4180): old path, release. A first line may be a head.

    Raises MalformedDocument for what is no CSV, and what reading a file raises.
    """
    if name is None:
        return Redirects("", {}, [])
    wanted: dict[str, list[str]] = {}
    wrong: list[int] = []
    try:
        text = read_input(name).decode("utf-8-sig")
        for number, row in enumerate(csv.reader(io.StringIO(text), strict=True), start=1):
            cells = [cell.strip() for cell in row]
            if not any(cells) or (number == 1 and not cells[0].startswith(("/", "http"))):
                continue
            if len(cells) != 2 or not all(cells) or max(map(len, cells)) > 2_000:
                wrong.append(number)
                continue
            wanted.setdefault(cells[1].removeprefix("urn:uuid:"), []).append(cells[0])
    except (UnicodeDecodeError, csv.Error) as error:
        raise MalformedDocument(f"{name} is no CSV file in UTF-8: {error}.") from None
    return Redirects(name, wanted, wrong)


def _names_of(file: str) -> list[str]:
    """By what a file may be named: its path as given, and its ends behind every folder."""
    parts = Path(file).parts
    return ["/".join(parts[at:]) for at in range(len(parts))]
