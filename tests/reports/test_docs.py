"""The document on reading names every finding and every state."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from reports.form import finding_names
from reports.model import Unreadable

TEXT = (Path(__file__).parents[2] / "docs" / "reading.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", sorted(finding_names()))
def test_every_finding_is_documented(code: str) -> None:
    assert f"| `{code}` |" in TEXT


def test_every_state_is_documented() -> None:
    annotation = Unreadable.__init__.__annotations__["state"]
    states = get_args(annotation) or [word.strip(" \"'") for word in annotation[len("Literal[") : -1].split(",")]
    assert [state for state in states if f"`{state}`" not in TEXT] == []
