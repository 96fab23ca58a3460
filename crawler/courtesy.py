"""What a server asks of its visitors besides robots.txt: Retry-After, in seconds or as a date."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_ASKS = {429, 503}  # statuses with which Retry-After means us (RFC 9110, 10.2.3)


def retry_after(status: int, value: bytes, served: bytes, now: datetime) -> float:
    """Seconds that the server wants to be left alone; 0 if it does not say. `served` is its own Date, by which its
    dates are meant; without one they are taken by `now`."""
    if status not in _ASKS or not value.strip():
        return 0.0
    text = value.decode("latin-1").strip()
    if text.isdecimal():
        return float(text[:12])
    moment = _moment(text)
    return max(0.0, (moment - (_moment(served.decode("latin-1")) or now)).total_seconds()) if moment else 0.0


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text.strip())
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC)
