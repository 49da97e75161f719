"""Endpoints, their subscriptions and states, and the operator's leave."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from dispaccio.store import endpoints, organisations
from dispaccio.store.endpoints import AllowRow
from tests.store.rows import Rows


def test_an_endpoint_as_it_is_kept(rows: Rows) -> None:
    press, sport = rows.channel("press"), rows.channel("sport")
    key = rows.endpoint("a", [sport, press], payload="full", format="text")
    found = rows.read(endpoints.by_id, "a")
    assert found is not None
    assert found.key == key
    assert (found.subscriber, found.carrier, found.address) == (
        "gazette",
        "webhook",
        "https://a.example/in",
    )
    assert (found.payload, found.format, found.wrapped_secret) == ("full", "text", b"sealed")
    assert (found.state, found.why) == ("active", None)
    assert rows.read(endpoints.channels_of, key) == ["sport", "press"]
    assert rows.read(endpoints.by_id, "b") is None
    assert rows.read(endpoints.by_keys, [key, 999]) == {key: found}
    assert rows.read(endpoints.by_keys, []) == {}


def test_an_endpoint_may_take_everything(rows: Rows) -> None:
    assert rows.read(endpoints.channels_of, rows.endpoint("a")) == [None]


def test_ids_are_unique(rows: Rows) -> None:
    rows.endpoint("a")
    with pytest.raises(IntegrityError):
        rows.endpoint("a")


def test_lists(rows: Rows) -> None:
    rows.endpoint("b")
    other = rows.write(organisations.add_subscriber, "corriere", "Il Corriere")
    rows.endpoint("a", subscriber=other)
    assert [row.id for row in rows.read(endpoints.everyone)] == ["b", "a"]
    assert [row.id for row in rows.read(endpoints.everyone, "corriere")] == ["a"]
    assert rows.read(endpoints.everyone, "nobody") == []


def test_states(rows: Rows) -> None:
    one, two = rows.endpoint("a"), rows.endpoint("b")
    rows.write(endpoints.set_state, one, "disabled", "holiday")
    found = rows.read(endpoints.by_id, "a")
    assert found is not None
    assert (found.state, found.why) == ("disabled", "holiday")
    assert rows.read(endpoints.count_by_state) == {"active": 1, "disabled": 1}
    rows.write(endpoints.set_state, one, "active", None)
    rows.write(endpoints.set_state, two, "gone", "410")
    assert rows.read(endpoints.count_by_state) == {"active": 1, "gone": 1}


def test_the_operators_leave(rows: Rows) -> None:
    assert rows.read(endpoints.allowed) == []
    rows.write(endpoints.allow, "cms.example", 8080, "their CMS", "olga")
    rows.write(endpoints.allow, "10.0.0.0/8", 443, "the newsroom", "olga")
    rows.write(endpoints.allow, "cms.example", 8080, "their new CMS", "oscar")
    assert rows.read(endpoints.allowed) == [
        AllowRow("cms.example", 8080, "their new CMS", "oscar"),
        AllowRow("10.0.0.0/8", 443, "the newsroom", "olga"),
    ]
    assert not rows.write(endpoints.disallow, "cms.example", 443)
    assert rows.write(endpoints.disallow, "cms.example", 8080)
    assert [row.host for row in rows.read(endpoints.allowed)] == ["10.0.0.0/8"]
