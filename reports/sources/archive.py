"""The documents in a ZIP. Packages within packages are not opened."""

from __future__ import annotations

from reports.model import Unreadable
from reports.sources.package import open_package, read_part

MAX_MEMBERS = 30


def members(data: bytes) -> list[tuple[str, bytes]]:
    """(name, bytes) of the files in it, names as their author wrote them. Raises Unreadable."""
    package = open_package(data)
    # a name may be empty, over which ZipInfo.is_dir() falls
    infos = [
        info for info in package.infolist() if not info.filename.startswith("__MACOSX") and info.filename[-1:] != "/"
    ]
    if not infos:
        raise Unreadable("empty", "the archive holds no file")
    return [(_name(info.filename, info.flag_bits), read_part(package, info.filename)) for info in infos[:MAX_MEMBERS]]


def _name(name: str, flags: int) -> str:
    """Without the UTF-8 flag a Chinese name is mostly GBK, which zipfile takes for code page 437."""
    if flags & 0x800 or name.isascii():
        return name
    try:
        return name.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return name
