"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("nianbao", deadline=None)  # timings never decide a test
settings.load_profile("nianbao")
