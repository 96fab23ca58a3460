"""Which browser to use: the one named, the system's, Playwright's own. Looks only; `tools/setup` installs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_SYSTEM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def find_chromium(named: str | None) -> str | None:
    """Path of a Chromium that can be started, or None. `named` (NIANBAO_CHROMIUM_PATH) wins if it exists."""
    if named:
        return named if os.access(named, os.X_OK) else None
    for name in _SYSTEM:
        path = shutil.which(name)
        if path and not _is_snap_stub(Path(path)):
            return path
    own = sorted(Path.home().glob(".cache/ms-playwright/chromium*/chrome-*/*shell*")) + sorted(
        Path.home().glob(".cache/ms-playwright/chromium*/chrome-linux*/chrome")
    )
    return next((str(path) for path in own if os.access(path, os.X_OK)), None)


def _is_snap_stub(path: Path) -> bool:
    """Ubuntu's `chromium-browser` package is a script that asks for snap."""
    try:
        return path.stat().st_size < 20_000 and b"snap" in path.read_bytes()
    except OSError:
        return True
