from __future__ import annotations

import re
from pathlib import Path

from alerts.model import Subscriber
from alerts.subscribers import _KEYS, load
from alerts.words import kinds

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "alerts.md").read_text("utf-8")


def test_the_documented_subscribers_can_be_loaded_and_use_every_key(tmp_path: Path) -> None:
    found = re.search(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    assert found is not None
    path = tmp_path / "subscribers.yaml"
    path.write_text(found[1], "utf-8")
    assert all(isinstance(subscriber, Subscriber) for subscriber in load(path, frozenset(kinds())))
    assert {key for key in _KEYS if f"{key}:" in found[1]} == set(_KEYS)


def test_every_kind_is_documented_in_its_order() -> None:
    line = TEXT[TEXT.index("Kinds, gravest first:") :]
    assert re.findall(r"`(\w+)`", line.partition(". What")[0]) == list(kinds())
