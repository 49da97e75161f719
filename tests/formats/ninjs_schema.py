"""The IPTC's schemas of ninjs as judges; nothing is fetched."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator, Draft202012Validator, FormatChecker
from jsonschema.protocols import Validator
from referencing import Registry, Resource


def validator(shared: Path, version: str) -> Validator:
    """The judge of one version: ``1.6``, ``2.2`` or ``3.1``."""
    schemas = [json.loads(path.read_text()) for path in (shared / "standards/ninjs").glob("*.json")]
    geo = next(s for s in schemas if "geojson" in s["$id"].lower())
    schema = next(s for s in schemas if version in s["$id"])
    registry: Registry[Any] = Registry().with_resources(
        [(geo["$id"], Resource.from_contents(geo)), (schema["$id"], Resource.from_contents(schema))]
    )
    formats = FormatChecker(())
    formats.checks("uri")(lambda it: re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:\S+", it) is not None)
    formats.checks("date-time", ValueError)(
        lambda it: datetime.fromisoformat(it).tzinfo is not None
    )
    kind = Draft7Validator if "draft-07" in schema["$schema"] else Draft202012Validator
    return kind(schema, registry=registry, format_checker=formats)
