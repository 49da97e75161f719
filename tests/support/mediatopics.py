"""Compare our list of Media Topics with the IPTC's own spreadsheet of them.

``python -m tests.support.mediatopics FILE.xlsx`` prints what differs; the file is the IPTC's
``IPTC-MediaTopic-NewsCodes.xlsx``. Only codes, English names and the levels are read.
"""

from __future__ import annotations

import re
import sys
import zipfile
from collections.abc import Iterator

from lxml import etree

from dispaccio.release import subjects

_NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def rows(path: str) -> Iterator[dict[str, str]]:
    """The cells of the first sheet, row by row, by the letters of their columns."""
    with zipfile.ZipFile(path) as book:
        shared = [
            "".join(item.itertext())
            for item in etree.fromstring(book.read("xl/sharedStrings.xml")).iterfind("m:si", _NS)
        ]
        sheet = etree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    for row in sheet.iter(f"{{{_NS['m']}}}row"):
        cells = {}
        for cell in row:
            value = cell.findtext("m:v", namespaces=_NS)
            if value is not None:
                text = shared[int(value)] if cell.get("t") == "s" else value
                cells[re.sub(r"[0-9]", "", cell.get("r") or "")] = text
        yield cells


def levels(path: str) -> dict[str, tuple[str | None, str]]:
    """Top term and English name of every topic of the first two levels that is not retired."""
    listed = iter(rows(path))
    titles = next(row for row in listed if any("Level1" in title for title in row.values()))
    where = {title.partition("/")[0]: column for column, title in titles.items()}
    found: dict[str, tuple[str | None, str]] = {}
    top = None
    for row in listed:
        if row.get(where["RetiredDate"]):
            continue
        one, two = (row.get(where[level], "")[len("medtop:") :] for level in ("Level1", "Level2"))
        if one:
            top = one
        if one or two:
            found[one or two] = (None if one else top, row[where["Name (en-GB)"]])
    return found


def main(path: str) -> int:
    """Print the differences; the exit status says whether there are some."""
    theirs = levels(path)
    ours = {code: (topic.parent, topic.names["en"]) for code, topic in subjects.topics().items()}
    for code in sorted(theirs.keys() | ours.keys()):
        if theirs.get(code) != ours.get(code):
            print(f"{code}: theirs {theirs.get(code)}, ours {ours.get(code)}")
    return int(theirs != ours)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
