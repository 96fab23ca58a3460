"""A report in a ZIP beside another file, its name in GBK as Windows writes it."""

from __future__ import annotations

import io
import zipfile


def write_zip(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("readme.txt", "说明")
        package.writestr(zipfile.ZipInfo(name.encode("gbk").decode("cp437")), data)
    return out.getvalue()
