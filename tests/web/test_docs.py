from __future__ import annotations

import re
from pathlib import Path

from web.app import ROUTERS

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "http.md").read_text("utf-8")


def test_every_address_is_documented() -> None:
    first = {route.path.split("/")[1].partition("{")[0] for router in ROUTERS for route in router.routes}  # type: ignore[attr-defined]
    documented = {found.partition("?")[0].split("/")[1] for found in re.findall(r"`(/[^`]*)`", TEXT)}
    assert first - {"answers"} <= documented
