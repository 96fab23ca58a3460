"""Which characters a page's bytes are. Headers and meta tags of Chinese portals lie; the bytes seldom do.

Seen: GB18030 under `charset=ISO-8859-1` (a web server's default), gb2312 claimed over GBK characters, GBK claimed over
UTF-8 after a migration, no claim at all.
"""

from __future__ import annotations

import codecs
import re

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CLAIM = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_HEAD = 4096
_CHINESE = ("utf-8", "gb18030", "big5", "big5hkscs", "utf-16", "utf-16-le", "utf-16-be")


def decode_page(body: bytes, claimed: str | None = None) -> str:
    """The page as text, never failing. `claimed` is the charset of the Content-Type header.

    Bytes that are valid UTF-8 are UTF-8: by chance that hardly ever happens. Else what is claimed, if it fits; else
    GB18030, which covers GBK and GB2312; else whichever of these leaves the fewest holes.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(name, "replace")
    meta = _CLAIM.search(body[:_HEAD])
    claims = [claim for claim in (claimed, meta[1].decode("ascii", "replace") if meta else None) if claim]
    names = ["utf-8", *(_codec(claim) for claim in claims), "gb18030"]
    candidates = [name for name in dict.fromkeys(names) if name]
    for name in candidates:
        try:
            return body.decode(name)
        except UnicodeDecodeError:
            continue
    return min((body.decode(name, "replace") for name in candidates), key=lambda text: text.count("\ufffd"))


def _codec(claim: str) -> str | None:
    """Python's name of a claimed charset. GB2312 and GBK are read as their superset; Western ones are never meant."""
    try:
        name = codecs.lookup(claim).name
    except LookupError:
        return None
    if name in ("gb2312", "gbk"):
        return "gb18030"
    return name if name in _CHINESE else None
