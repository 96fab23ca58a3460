"""The shapes of addresses that five families of portal software use. What their pages look like is in the templates.

A site names one of them; nothing here knows a single site.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sample.model import Suffix


@dataclass(frozen=True, slots=True)
class System:
    """`listing(column path, page, pages)`, `article(column path, published, number)` and `attachment(article path,
    published, number, suffix)` give paths, with their query where the software uses one."""

    key: str
    listing: Callable[[str, int, int], str]
    article: Callable[[str, datetime, int], str]
    attachment: Callable[[str, datetime, int, Suffix], str]
    single_page: bool = False  # the whole list stands in one page, whatever its length
    data: Callable[[str, int], str] | None = None  # (column path, page) of a JSON list that a script fetches
    opaque: bool = False  # attachments come as application/octet-stream with a Content-Disposition


def _hash(number: int, salt: str) -> str:
    return hashlib.md5(f"{salt}{number}".encode(), usedforsecurity=False).hexdigest()


def _folder(path: str) -> str:
    return path if path.endswith("/") else posixpath.dirname(path) + "/"


def _digits(path: str) -> str:
    """The number that stands in a column's path, as in /col/col1229/index.html; 1 where there is none."""
    return "".join(character for character in path if character.isdigit()) or "1"


def _trs_listing(path: str, page: int, pages: int) -> str:
    return path if page == 1 else f"{_folder(path)}index_{page - 1}.html"


def _trs_article(path: str, published: datetime, number: int) -> str:
    return f"{_folder(path)}{published:%Y%m}/t{published:%Y%m%d}_{number}.html"


def _trs_attachment(article: str, published: datetime, number: int, suffix: Suffix) -> str:
    letter = "P" if suffix == "pdf" else "W"
    return f"{_folder(article)}{letter}0{published:%Y%m%d%H%M%S}{number:06d}.{suffix}"


def _vsb_listing(path: str, page: int, pages: int) -> str:
    # The first page is gknb.htm; the others count down, so that page 2 of 3 is gknb/2.htm and the last is gknb/1.htm.
    return path if page == 1 else f"{posixpath.splitext(path)[0]}/{pages - page + 1}.htm"


def _vsb_article(path: str, published: datetime, number: int) -> str:
    return f"/info/1308/{number}.htm"


def _vsb_attachment(article: str, published: datetime, number: int, suffix: Suffix) -> str:
    file = _hash(number, suffix)[:12].upper()
    return f"/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1308&wbfileid={file}"


def _ucap_listing(path: str, page: int, pages: int) -> str:
    return path if page == 1 else f"{_folder(path)}list_{page}.shtml"


def _ucap_article(path: str, published: datetime, number: int) -> str:
    return f"{_folder(path)}{published:%Y%m}/{_hash(number, 'ucap')}.shtml"


def _ucap_attachment(article: str, published: datetime, number: int, suffix: Suffix) -> str:
    return f"{_folder(article)}{_hash(number, 'ucap')}/files/{_hash(number, suffix)}.{suffix}"


def _hanweb_article(path: str, published: datetime, number: int) -> str:
    return f"/art/{published.year}/{published.month}/{published.day}/art_{_digits(path)}_{number}.html"


def _hanweb_attachment(article: str, published: datetime, number: int, suffix: Suffix) -> str:
    return f"/module/download/downfile.jsp?classid=0&filename={_hash(number, suffix)}.{suffix}"


def _gkmlpt_article(path: str, published: datetime, number: int) -> str:
    return f"/gkmlpt/content/3/{number // 1000}/post_{number}.html"


def _gkmlpt_attachment(article: str, published: datetime, number: int, suffix: Suffix) -> str:
    return f"/attachment/0/{number // 1000}/{number}/{_hash(number, suffix)[:8]}.{suffix}"


def _gkmlpt_data(path: str, page: int) -> str:
    return f"/gkmlpt/api/all/{_digits(path)}?page={page}"


SYSTEMS: Mapping[str, System] = {
    system.key: system
    for system in (
        System("trs", _trs_listing, _trs_article, _trs_attachment),
        System("vsb", _vsb_listing, _vsb_article, _vsb_attachment, opaque=True),
        System("ucap", _ucap_listing, _ucap_article, _ucap_attachment),
        System("hanweb", lambda path, page, pages: path, _hanweb_article, _hanweb_attachment, single_page=True),
        System(
            "gkmlpt",
            lambda path, page, pages: path,
            _gkmlpt_article,
            _gkmlpt_attachment,
            single_page=True,
            data=_gkmlpt_data,
        ),
    )
}
