"""What addresses say of where one is on a portal. Pure."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit


def likely_homes(column: str) -> list[str]:
    """Where to look anew for a column whose home page nobody registered: the folder above it, the site's home page."""
    folder = urlsplit(column).path.rstrip("/").rpartition("/")[0] + "/"
    return list(dict.fromkeys((urljoin(column, folder), urljoin(column, "/"))))


def same_page(one: str, other: str) -> bool:
    """Whether two addresses are one page: http and https, /nb/ and /nb/index.html are."""

    def plain(url: str) -> tuple[str, str, str]:
        parts = urlsplit(url)
        return (parts.hostname or "", re.sub(r"/(index\.\w+)?$", "", parts.path), parts.query)

    return plain(one) == plain(other)


def same_host(one: str, other: str) -> bool:
    return urlsplit(one).hostname == urlsplit(other).hostname


def same_site(one: str, other: str) -> bool:
    """Whether two addresses are on one host, or on x.gov.cn and www.x.gov.cn; whatever their schemes and ports."""
    names = [(urlsplit(url).hostname or "").removeprefix("www.") for url in (one, other)]
    return names[0] == names[1]


def host_of(url: str) -> str:
    """The host that an address names; "" when it names none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # http://[::1/
        return ""
