"""The documents of rehearsals: for every suffix, kept by nobody, and nothing else is there."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from dispaccio.delivery.rehearsal import STEPS, Step
from dispaccio.site.addresses import twins

ID = "0b9ff0a6-7a0f-4d0e-a5b7-3d3c3c7d2b11"


@pytest.mark.parametrize("suffix", sorted(twins()))
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.state)
def test_every_revision_has_its_twins(client: TestClient, step: Step, suffix: str) -> None:
    answer = client.get(f"/rehearsal/{step.story}/{ID}/v{step.version}{suffix}")
    assert answer.status_code == 200
    assert "TEST-0B9FF0A6" in answer.text
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        f"life/{ID}/v7.json",
        f"life/{ID}/v1.exe",
        f"life/{ID}/v1",
        f"other/{ID}/v1.json",
        "life/x/v1.json",
        f"life/{ID.upper()}/v1.json",
        f"table/{ID}/v2.json",
        "",
    ],
)
def test_nothing_else_is_there(client: TestClient, path: str) -> None:
    assert client.get(f"/rehearsal/{path}").status_code == 404
