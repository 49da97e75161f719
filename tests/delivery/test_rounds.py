"""What is looked after now and then: a look that fails is no end, a store that closed is."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from dispaccio.delivery.rounds import rounds
from dispaccio.errors import StoreFailed


def looked(store: Any, *outcomes: Exception | None) -> int:
    """How many looks there were of those that end so; the last is followed by being cancelled."""
    count = 0

    async def look() -> None:
        nonlocal count
        count += 1
        if count > len(outcomes):
            raise asyncio.CancelledError
        if (outcome := outcomes[count - 1]) is not None:
            raise outcome

    with pytest.raises((asyncio.CancelledError, StoreFailed, KeyError)):
        asyncio.run(rounds(store, 0.0, look))
    return count


def test_a_look_that_fails_is_taken_up_with_the_next() -> None:
    assert looked(SimpleNamespace(failed=None), None, StoreFailed(), None) == 4


def test_a_store_that_closed_for_good_ends_it() -> None:
    assert looked(SimpleNamespace(failed=OSError()), None, StoreFailed(), None) == 2


def test_a_mistake_is_not_hidden() -> None:
    assert looked(SimpleNamespace(failed=None), KeyError("a"), None) == 1
