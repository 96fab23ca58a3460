"""Record ids."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.ids import Ids
from tests.storage.make import NOON


@given(st.binary(min_size=8, max_size=8))
def test_an_id_is_a_uuid_of_version_7_of_its_moment_with_its_process_chance(chance: bytes) -> None:
    identity = UUID(Ids(lambda: NOON, chance)())
    assert (identity.version, identity.variant) == (7, RFC_4122)
    assert identity.int >> 80 == int(NOON.timestamp() * 1000)
    assert (identity.int ^ int.from_bytes(chance)) & (1 << 62) - 1 == 0


@given(st.lists(st.integers(-3000, 3000), min_size=2, max_size=50), st.integers(1, 9000))
def test_ids_of_a_process_grow_and_none_comes_twice_whatever_the_clock_does(steps: list[int], each: int) -> None:
    def clock() -> Iterator[datetime]:
        for step in steps:
            for _ in range(each // len(steps) + 1):
                yield NOON + timedelta(milliseconds=step)

    moments = list(clock())
    ids = Ids(iter(moments).__next__, bytes(8))
    given_out = [ids() for _ in moments]
    assert given_out == sorted(set(given_out))


def test_ids_of_two_processes_differ() -> None:
    assert Ids(lambda: NOON, bytes(8))() != Ids(lambda: NOON, b"\1" * 8)()


def test_too_little_chance_is_refused() -> None:
    with pytest.raises(ValueError, match="eight random bytes"):
        Ids(lambda: NOON, b"")
