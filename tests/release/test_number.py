"""Public numbers: decimal from 100000001, T in front in test mode, and no other spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.errors import NoSuchRelease
from dispaccio.release import number


@given(st.integers(number.FIRST, 10**16 - 1), st.booleans())
def test_what_is_written_is_read(ordinal: int, test: bool) -> None:
    written = number.write(ordinal, test=test)
    assert number.parse(written, test=test) == ordinal
    with pytest.raises(NoSuchRelease):
        number.parse(written, test=not test)


def test_the_first_numbers() -> None:
    assert number.write(number.FIRST, test=False) == "100000001"
    assert number.write(number.FIRST, test=True) == "T100000001"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "T",
        "100000000",
        "T100000000",
        "0100000001",
        "t100000001",
        "TT100000001",
        "+100000001",
        "100000001 ",
        "100000001\n",
        "100_000_001",
        "1e9",
        "١٠٠٠٠٠٠٠١",
        "99999999999999999",
        "9" * 5000,
    ],
    ids=lambda text: repr(text[:20]),
)
@pytest.mark.parametrize("test", [True, False], ids=["test", "live"])
def test_what_is_no_number(text: str, test: bool) -> None:
    with pytest.raises(NoSuchRelease):
        number.parse(text, test=test)
