"""Record ids."""

from __future__ import annotations

import os
from datetime import timedelta
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.ids import uuid7
from tests.storage.make import NOON


@given(st.binary(min_size=10, max_size=10))
def test_an_id_is_a_uuid_of_version_7_and_keeps_its_chance(chance: bytes) -> None:
    identity = UUID(uuid7(NOON, chance))
    assert (identity.version, identity.variant) == (7, RFC_4122)
    assert identity.int >> 80 == int(NOON.timestamp() * 1000)


def test_later_ids_sort_after_earlier_ones_and_none_comes_twice() -> None:
    later = uuid7(NOON + timedelta(milliseconds=1), bytes(10))
    now = {uuid7(NOON, os.urandom(10)) for _ in range(1000)}
    assert len(now) == 1000 and max(now) < later


def test_too_little_chance_is_refused() -> None:
    with pytest.raises(ValueError, match="ten random bytes"):
        uuid7(NOON, b"")
