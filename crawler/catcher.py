"""A mail server for the demo and the tests: takes every mail in a real SMTP conversation and keeps it as a file."""

from __future__ import annotations

import socket
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Catcher:
    """Listens on loopback while the block runs; `folder` gets one .eml a mail."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self._controller = Controller(self, hostname="127.0.0.1", port=_free_port())

    @property
    def url(self) -> str:
        return f"smtp://{self._controller.hostname}:{self._controller.port}"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        number = len(list(self.folder.glob("*.eml"))) + 1
        self.folder.joinpath(f"{number:03}.eml").write_bytes(bytes(envelope.original_content or b""))
        return "250 kept"

    def __enter__(self) -> Catcher:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()


def _free_port() -> int:
    """The controller connects to the port that it was given, so it cannot be given 0."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def caught(folder: Path) -> list[tuple[Path, EmailMessage]]:
    """The mails in a folder, in the order in which they came."""
    return [
        (path, message_from_bytes(path.read_bytes(), policy=policy.default)) for path in sorted(folder.glob("*.eml"))
    ]
