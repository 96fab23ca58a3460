"""A mail server on loopback that does as it is told: takes mail, asks to come back, refuses, breaks off."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from email import message_from_bytes
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

Answer = Callable[[Envelope], str]


def accept(_: Envelope) -> str:
    return "250 OK"


class MailServer:
    """Runs in a thread of its own between `with` and its end. `answer` may be changed while it runs."""

    def __init__(
        self, answer: Answer = accept, tls: ssl.SSLContext | None = None, login: tuple[str, str] | None = None
    ) -> None:
        self.answer = answer
        self.recipient_answer = "250 OK"
        self.taken: list[Message] = []
        self._login = login
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._controller = _OnSocket(self, self._socket, tls, login is not None)

    def __enter__(self) -> MailServer:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def ids(self) -> list[str]:
        return [message["Message-ID"].strip("<>") for message in self.taken]

    async def handle_RCPT(self, server: SMTP, _s: Session, envelope: Envelope, to: str, _o: list[str]) -> str:
        if self.recipient_answer.startswith("250"):
            envelope.rcpt_tos.append(to)
        return self.recipient_answer

    async def handle_DATA(self, server: SMTP, _s: Session, envelope: Envelope) -> str:
        said = self.answer(envelope)
        content = envelope.original_content or b""
        if said.startswith(("250", "drop after")):
            self.taken.append(message_from_bytes(content))
        if said.startswith("drop"):
            assert server.transport is not None
            server.transport.close()
        return said

    def authenticate(self, _server: SMTP, _s: Session, _e: Envelope, _m: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == self._login, handled=False)


class _OnSocket(Controller):
    def __init__(self, handler: MailServer, sock: socket.socket, tls: ssl.SSLContext | None, auth: bool) -> None:
        self._sock = sock
        more: dict[str, Any] = {"tls_context": tls, "require_starttls": tls is not None}
        if auth:
            more |= {"authenticator": handler.authenticate, "auth_required": True}
        if auth and tls is None:
            more |= {"auth_require_tls": False}
        super().__init__(handler, hostname="127.0.0.1", port=sock.getsockname()[1], **more)

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._sock)


def closed_port() -> int:
    """A port of loopback where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


__all__ = ["MailServer", "accept", "closed_port"]
