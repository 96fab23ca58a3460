"""A time stamp authority on loopback, made of openssl: certificates and an HTTP server that answers requests."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

OPENSSL = shutil.which("openssl")
_CONF = """
[tsa]
serial = {folder}/serial
signer_cert = {folder}/tsa.crt
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


def make(folder: Path) -> None:
    """A root (root.pem) and the authority under it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "conf").write_text(_CONF.format(folder=folder), encoding="ascii")
    (folder / "serial").write_text("01\n", encoding="ascii")
    (folder / "ext").write_text("extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650"]
    _run("req", "-x509", *key, "-subj", "/CN=Root", "-keyout", "root.key", "-out", "root.pem", folder=folder)
    _run("req", *key[:-2], "-subj", "/CN=Authority", "-keyout", "tsa.key", "-out", "tsa.csr", folder=folder)
    signed = ["-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "3650", "-extfile", "ext"]
    _run("x509", "-req", "-in", "tsa.csr", *signed, "-out", "tsa.crt", folder=folder)


def answer(folder: Path, request: bytes) -> bytes:
    (folder / "query").write_bytes(request)
    _run("ts", "-reply", "-config", "conf", "-section", "tsa", "-queryfile", "query", "-out", "reply", folder=folder)
    return (folder / "reply").read_bytes()


def verifies(stamp: Path, note: Path, root: Path) -> bool:
    """What openssl says of a stamp."""
    command = [OPENSSL or "openssl", "ts", "-verify", "-data", note, "-in", stamp, "-CAfile", root]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = answer(folder, self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/tsa"
        server.shutdown()


def _run(*words: str, folder: Path) -> None:
    subprocess.run([OPENSSL or "openssl", *words], cwd=folder, capture_output=True, check=True)
