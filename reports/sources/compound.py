"""Whether a Word document of before 2007 is locked by a password. Reads nothing else of it: LibreOffice does that."""

from __future__ import annotations

import struct

from xlrd.compdoc import CompDoc, CompDocError

_LOCKED = 0x0100  # fEncrypted in the flags of the FIB, [MS-DOC] 2.5.2


def word_is_locked(data: bytes) -> bool:
    """False for what is no Word document, or too broken to tell."""
    try:
        stream = CompDoc(data, logfile=_Silent()).get_named_stream("WordDocument")
    except (CompDocError, struct.error, AssertionError, IndexError, KeyError, ValueError, TypeError, OverflowError):
        return False
    return stream is not None and len(stream) > 12 and bool(struct.unpack_from("<H", stream, 10)[0] & _LOCKED)


class _Silent:
    """xlrd writes its warnings to a file."""

    def write(self, text: str) -> None: ...
