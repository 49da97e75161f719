"""What a receiver hands deliveries to: the protocol, a folder of files, a command."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from dispaccio.delivery.filename import fill
from dispaccio.errors import MalformedReceiver, NotTaken
from dispaccio.receive import files
from dispaccio.receive.delivery import Delivery, Known

NAME = "{number}.v{version}{suffix}"
SUFFIXES = {
    "application/vnd.dispaccio+json": ".json",
    "application/json": ".json",
    "application/vnd.iptc.ninjs+json": ".ninjs.json",
    "application/nitf+xml": ".nitf.xml",
    "application/vnd.iptc.g2.newsitem+xml": ".xml",
    "text/html": ".html",
    "text/markdown": ".md",
    "text/plain": ".txt",
    "application/atom+xml": ".atom.xml",
    "application/rss+xml": ".rss.xml",
    "message/rfc822": ".eml",
}
PATIENCE = 60.0
"""Seconds that a command has."""
_SECRETS = ("DISPACCIO_SECRET", "DISPACCIO_KEY", "DISPACCIO_PASSWORD")


class Target(Protocol):
    """Takes deliveries in their order. It may meet one twice: after a crash in the middle."""

    def take(self, delivery: Delivery, known: Known) -> Mapping[str, Any]:
        """Take a delivery; what is returned is remembered of its release.

        Raises NotTaken, or OSError: then the wire sends it again.
        """
        ...


class Folder:
    """Writes each revision into a file of its own; a withdrawal is one, too."""

    def __init__(self, folder: Path, template: str = NAME) -> None:
        files.check_template(template)
        if not folder.is_dir():
            raise MalformedReceiver(f"There is no folder {folder}; make it first.")
        self._folder, self._template = folder, template

    def take(self, delivery: Delivery, known: Known) -> Mapping[str, Any]:
        """Write the file; one of the same name is replaced, whole. Tests stay in ``TEST/``."""
        del known
        places = {
            "number": delivery.number or delivery.release,
            "version": str(delivery.version),
            "kind": delivery.kind,
            "status": delivery.status,
            "title": delivery.title,
            "issuer": delivery.issuer,
            "date": datetime.now(UTC).strftime("%Y-%m-%d"),
            "suffix": suffix_of(delivery.media_type),
        }
        below = fill(self._template, places)
        path = self._folder / ("TEST" if delivery.test else "") / below
        files.write(path, delivery.document or b"")
        return {"file": str(path.relative_to(self._folder))}


class Command:
    """Runs a program for each revision: the document on its standard input, the facts in variables.

    Exit code 0 means that it took the revision. No shell is used.
    """

    def __init__(self, line: str, patience: float = PATIENCE) -> None:
        try:
            self._words = shlex.split(line)
        except ValueError as error:
            raise MalformedReceiver(f"The command cannot be read: {error}.") from None
        if not self._words or shutil.which(self._words[0]) is None:
            raise MalformedReceiver(f"There is no program {(self._words or [''])[0]!r} to run.")
        self._patience = patience

    def take(self, delivery: Delivery, known: Known) -> Mapping[str, Any]:
        """Run the command. Raises NotTaken."""
        del known
        environment = {name: value for name, value in os.environ.items() if name not in _SECRETS}
        process = subprocess.Popen(
            self._words,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment | variables(delivery),
            start_new_session=True,
        )
        try:
            _, complaint = process.communicate(delivery.document or b"", self._patience)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise NotTaken(f"The command ran longer than {self._patience:g} s.") from None
        if process.returncode != 0:
            lines = complaint.decode("utf-8", "replace").strip().splitlines()
            said = f": {lines[-1][:200]}" if lines else "."
            raise NotTaken(f"The command ended with {process.returncode}{said}")
        return {}


def variables(delivery: Delivery) -> dict[str, str]:
    """What a command is told of a delivery; each value is one line."""
    said = {
        "DISPACCIO_ID": delivery.webhook_id,
        "DISPACCIO_RELEASE": delivery.release,
        "DISPACCIO_NUMBER": delivery.number,
        "DISPACCIO_VERSION": str(delivery.version),
        "DISPACCIO_KIND": delivery.kind,
        "DISPACCIO_STATUS": delivery.status,
        "DISPACCIO_LABEL": delivery.label,
        "DISPACCIO_TITLE": delivery.title,
        "DISPACCIO_ISSUER": delivery.issuer,
        "DISPACCIO_REASON": delivery.reason,
        "DISPACCIO_URL": delivery.url,
        "DISPACCIO_MEDIA_TYPE": delivery.media_type,
        "DISPACCIO_TEST": "1" if delivery.test else "",
    }
    return {name: _line(value) for name, value in said.items()}


def suffix_of(media_type: str) -> str:
    """The suffix of a document's file."""
    return SUFFIXES.get(media_type.partition(";")[0].strip().lower(), ".bin")


def _line(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)[:1000]
