"""publiccode.yml says of the software what catalogues ask for (its standard, version 0.4)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
import yaml

import dispaccio
from dispaccio.site.language import LANGUAGES
from tests.support.source import ROOT

REQUIRED = (
    "publiccodeYmlVersion",
    "name",
    "url",
    "platforms",
    "categories",
    "developmentStatus",
    "softwareType",
    "description",
    "legal",
    "maintenance",
    "localisation",
)


@pytest.fixture(scope="module")
def said() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "publiccode.yml").read_text("utf-8"))
    return loaded


def test_the_required_keys(said: dict[str, Any]) -> None:
    assert [key for key in REQUIRED if not said.get(key)] == []
    assert said["publiccodeYmlVersion"] == "0.4"
    assert said["legal"]["license"] == "Apache-2.0"
    assert said["maintenance"]["type"] in ("internal", "contract", "community", "none")
    assert said["maintenance"]["contacts"][0]["name"]
    assert isinstance(said["localisation"]["localisationReady"], bool)
    assert said["developmentStatus"] in ("concept", "development", "beta", "stable", "obsolete")


def test_it_is_up_to_date(said: dict[str, Any]) -> None:
    assert said["softwareVersion"] == dispaccio.__version__
    assert said["localisation"]["availableLanguages"] == list(LANGUAGES)
    assert isinstance(said["releaseDate"], date) or date.fromisoformat(said["releaseDate"])


def test_the_descriptions_have_the_lengths_of_the_standard(said: dict[str, Any]) -> None:
    assert set(said["description"]) == set(LANGUAGES)
    for language, words in said["description"].items():
        assert re.fullmatch(r"[a-z]{2}", language)
        assert 0 < len(words["shortDescription"]) <= 150
        assert 150 <= len(words["longDescription"]) <= 10_000
        assert all(0 < len(feature) <= 100 for feature in words["features"])
        assert len(words["genericName"]) <= 35
