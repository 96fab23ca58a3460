"""URLs as the archive writes them (`target_uri`) and as it looks them up (`urlkey`, the SURT of web archives).

The urlkey follows the rules that CDX servers share, so that our index and other people's tools agree on one key. It
deliberately unites addresses that differ only in case, `www.`, order of the query or a session id.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv6Address
from urllib.parse import quote, unquote, unquote_to_bytes, urlsplit

_ALLOWED = "!#$%&'()*+,-./:;=?@[]_~"
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_LINE_BREAKS = re.compile(r"[\t\r\n]")  # browsers drop them too
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_PLAIN = re.compile(rb"[!\"$&-~]*")  # of the printable ASCII all but # and %
_CLEAN = re.compile(r"[A-Za-z0-9!#$&'()*+,\-./:;=?@\[\]_~]*")  # what an address may hold, but for %
_WWW = re.compile(r"^www\d*\.")

# Session ids that web servers put into addresses: the page is the same without them.
_PATH_SESSIONS = (
    re.compile(
        r"^(?P<before>.*/)\((?:[a-z]\([0-9a-z]{24}\))+\)/(?P<after>[^?]+\.aspx.*)$",
        re.IGNORECASE,
    ),  # ASP.NET
    re.compile(r"^(?P<before>.*/)\([0-9a-z]{24}\)/(?P<after>[^?]+\.aspx.*)$", re.IGNORECASE),
)
_QUERY_SESSION = re.compile(
    r"^(?P<before>.*?)(?:"
    r"jsessionid=[0-9a-z]{32}"
    r"|phpsessid=[0-9a-z]{32}"
    r"|sid=[0-9a-z]{32}"
    r"|aspsessionid[a-z]{8}=[a-z]{24}"
    r"|cfid=[^&]+&cftoken=[^&]+"
    r")(?:&(?P<after>.*))?$",
    re.IGNORECASE,
)


@lru_cache(maxsize=1024)  # a record needs it three times
def target_uri(url: str) -> str:
    """The address as a WARC-Target-URI: ASCII, percent-encoded as UTF-8, IDN host as punycode. Same in, same out.

    http://例子.cn/政府 年报.html  →  http://xn--fsqu00a.cn/%E6%94%BF%E5%BA%9C%20%E5%B9%B4%E6%8A%A5.html
    """
    if _CLEAN.fullmatch(url):
        return url
    url = _BAD_PERCENT.sub("%25", _LINE_BREAKS.sub("", url.strip()))
    match = re.match(r"^([a-z][a-z0-9+.\-]*://)([^/?#]*)(.*)$", url, re.IGNORECASE | re.DOTALL)
    if match is None:
        return _quoted(url)
    scheme, host, rest = match.groups()
    return scheme + _quoted(_ascii_host(host)) + _quoted(rest)


def _quoted(text: str) -> str:
    return quote(text, safe=_ALLOWED, errors="surrogatepass")


def _ascii_host(host: str) -> str:
    if "%" in host:  # 例子.cn as it stands in the path of another address: %E4%BE%8B%E5%AD%90.cn
        decoded = unquote(host, errors="replace")
        host = host if decoded.isascii() or "\N{REPLACEMENT CHARACTER}" in decoded else decoded
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def urlkey(url: str) -> str:
    """SURT: host reversed, path and query canonical, no scheme. What is no http(s) address is its own key.

    http://www.Example.gov.cn/A/?b=2&a=1  →  cn,gov,example)/a?a=1&b=2
    """
    parts = urlsplit(target_uri(url))
    if parts.scheme not in _DEFAULT_PORTS:
        return target_uri(url)
    port = _port(parts.netloc)
    host = _surt_host(parts.hostname or "")
    key = host + (f":{port}" if port and port != _DEFAULT_PORTS[parts.scheme] else "") + ")" + _path(parts.path)
    query = _query(parts.query)
    return f"{key}?{query}" if query else key


def _port(netloc: str) -> str:
    tail = netloc.rpartition("@")[2].rpartition("]")[2]
    return tail.rpartition(":")[2] if ":" in tail else ""


@lru_cache(maxsize=1024)
def _surt_host(host: str) -> str:
    host = _unescaped(host).decode("utf-8", "replace").lower().strip(".")
    if ":" in host:
        try:
            return str(IPv6Address(host))
        except ValueError:
            pass
    host = re.sub(r"\.{2,}", ".", _WWW.sub("", host))
    return ",".join(reversed(host.split(".")))


def _path(path: str) -> str:
    kept: list[str] = []
    text = _escaped(_unescaped(path))
    for segment in text.split("/"):
        if segment == "..":
            kept[-1:] = []
        elif segment not in ("", "."):
            kept.append(segment)
    directory = text.endswith(("/", "/.", "/.."))
    text = "/" + "/".join(kept) + ("/" if kept and directory else "")
    for pattern in _PATH_SESSIONS if "(" in text else ():
        if match := pattern.match(text):
            text = match["before"] + match["after"]
    text = text.lower()
    return text[:-1] if len(text) > 1 and text.endswith("/") else text


def _query(query: str) -> str:
    if not query:
        return ""
    text = _escaped(_unescaped(query))
    if match := _QUERY_SESSION.match(text):
        text = match["before"] + (match["after"] or "")  # a stray "&" stays, as in every other CDX
    return "&".join(sorted(text.lower().split("&")))


def _unescaped(text: str) -> bytes:
    """Percent-decode again and again until nothing changes: `%2541` is `A`."""
    data = text.encode("utf-8", "surrogatepass")
    while (decoded := unquote_to_bytes(data)) != data:
        data = decoded
    return data


def _escaped(data: bytes) -> str:
    if _PLAIN.fullmatch(data):
        return data.decode("ascii")
    return "".join(chr(c) if 0x20 < c < 0x7F and c not in b"#%" else f"%{c:02X}" for c in data)
