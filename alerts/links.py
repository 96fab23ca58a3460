"""Addresses of the web pages that mails point to. The web room serves these paths; its tests hold the two together."""

from __future__ import annotations

from urllib.parse import quote, urlencode, urlsplit

_VISIT = "visit:"  # evidence that is a visit without a response, see storage.records.Assessment.evidence


def board(base: str, year: int, **filters: str) -> str:
    return f"{base}/board?{urlencode({'year': year, **filters})}"


def organ(base: str, organ_id: str) -> str:
    return f"{base}/organs/{quote(organ_id, safe='')}"


def report(base: str, organ_id: str, series: str, year: int) -> str:
    return f"{base}/reports/{quote(organ_id, safe='')}/{quote(series, safe='')}/{year}"


def versions(base: str, organ_id: str, series: str, year: int) -> str:
    return f"{base}/versions/{quote(organ_id, safe='')}/{quote(series, safe='')}/{year}"


def answer(base: str, token: str) -> str:
    return f"{base}/answers/{token}"


def evidence(base: str, reference: str) -> str:
    if reference.startswith(_VISIT):
        return f"{base}/visits/{quote(reference.removeprefix(_VISIT), safe='')}"
    return f"{base}/captures/{quote(reference, safe='')}"


def spoken(address: str, language: str) -> str:
    """The address of the page in the reader's language; Chinese is what pages speak by themselves."""
    return address + ("&" if "?" in address else "?") + "lang=en" if language == "en" else address


def safe(url: str | None) -> str | None:
    """The address if a person may be led there: plain http(s) with a host and no control characters. Else None."""
    if not url or not url.isprintable() or any(mark in url for mark in " <>\"'`\\"):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:  # http://[oops/
        return None
    return url if parts.scheme in ("http", "https") and host and parts.username is None else None


def host(url: str | None) -> str:
    sound = safe(url)
    return (urlsplit(sound).hostname or "") if sound else ""
