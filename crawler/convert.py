"""Turns DOC, WPS and RTF into DOCX with LibreOffice, when it is on this machine. Called in the reading process only."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from reports.model import Unreadable

PROGRAMS = ("soffice", "libreoffice", "/usr/lib/libreoffice/program/soffice")


def to_docx(data: bytes, suffix: str) -> bytes:
    """The document as DOCX. Unreadable: not_readable_here without LibreOffice, broken when it makes nothing of it.

    Takes no time limit: the reading process has one, and takes LibreOffice with it.
    """
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        raise Unreadable("not_readable_here", f"a {suffix} file is read by way of LibreOffice, which is not installed")
    with tempfile.TemporaryDirectory(prefix="nianbao-") as folder:
        home = Path(folder)
        (home / f"in.{suffix}").write_bytes(data)
        command = [
            program,
            f"-env:UserInstallation={home.as_uri()}/profile",
            "--headless",
            "--norestore",
            "--nolockcheck",
        ]
        command += ["--convert-to", "docx:MS Word 2007 XML", "--outdir", str(home / "out"), str(home / f"in.{suffix}")]
        # a document may name pictures on the network: a proxy that nobody answers at keeps it here
        closed = dict.fromkeys(("http_proxy", "https_proxy", "ftp_proxy"), "http://127.0.0.1:9")
        environment = {"PATH": os.defpath, "HOME": folder, "LANG": "C.UTF-8", **closed}
        done = subprocess.run(command, env=environment, capture_output=True, check=False)
        made = home / "out" / "in.docx"
        if not made.exists():
            raise Unreadable("broken", f"LibreOffice made nothing of it: {done.stderr.decode(errors='replace')[:200]}")
        return made.read_bytes()
