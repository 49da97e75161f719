"""Fixtures for every room. What is costly starts when it is first asked for, once a worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.support.tools import require

if TYPE_CHECKING:
    from tests.support.postgres import Cluster

_CALM = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow], "print_blob": True}
settings.register_profile("ci", max_examples=50, **_CALM)
settings.register_profile("long", max_examples=500, **_CALM)
settings.load_profile("ci")


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """A PostgreSQL server of this worker's own."""
    programs = require("postgres")
    from tests.support.postgres import cluster

    with cluster(programs) as running:
        yield running


@pytest.fixture(scope="session")
def postgres_url(postgres_cluster: Cluster) -> Iterator[str]:
    """The SQLAlchemy URL of one database that this worker's tests share."""
    with postgres_cluster.database() as url:
        yield url


@pytest.fixture
def postgres_database(postgres_cluster: Cluster) -> Iterator[str]:
    """The SQLAlchemy URL of a fresh, empty database for one test."""
    with postgres_cluster.database() as url:
        yield url


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public schemas and test vectors."""
    return require("shared")
