"""Hands one message to one mail server and says what became of it. Knows no outbox and no retrying."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Protocol, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from alerts.errors import BadSettings, Deferred, Refused, SendError, ServerDown
from alerts.mime import as_bytes, sender
from alerts.text import clean
from storage.records import Message

_PORTS = {"none": 25, "starttls": 587, "tls": 465}
_CLOSING = 421  # RFC 5321: the server is going away, whatever it was asked


class Transport(Protocol):
    def send(self, message: Message) -> None:
        """Returns when the other side has taken the message over. Raises SendError."""


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server: smtp://user:password@host:port; smtps:// is TLS from the start, ?starttls insists on STARTTLS."""

    host: str
    port: int
    security: Literal["none", "starttls", "tls"]
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def from_url(cls, url: str) -> Server:
        """Raises BadSettings, whose text never shows the password."""
        try:
            parts = urlsplit(url)
            options, port = dict(parse_qsl(parts.query, keep_blank_values=True)), parts.port
        except ValueError as fault:
            raise BadSettings(f"the mail server's URL cannot be read: {type(fault).__name__}") from None
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/"):
            raise BadSettings("the mail server's URL must look like smtp://user:password@host:587?starttls")
        if unknown := set(options) - {"starttls"}:
            raise BadSettings(f"unknown option in the mail server's URL: {', '.join(sorted(unknown))}")
        security: Literal["none", "starttls", "tls"] = "starttls" if "starttls" in options else "none"
        if parts.scheme == "smtps":
            security = "tls"
        user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
        return cls(parts.hostname, port or _PORTS[security], security, user, password)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class SmtpTransport:
    """One connection, opened at the first message, opened again when the server has closed it in between."""

    def __init__(self, server: Server, helo: str, timeout: float = 30.0, context: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._helo = helo  # our own name; the library would ask the resolver for it
        self._timeout = timeout
        self._context = context or ssl.create_default_context()
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def send(self, message: Message) -> None:
        connection = self._ready()
        try:
            connection.sendmail(sender(message), [message.to], as_bytes(message))
        except smtplib.SMTPRecipientsRefused as fault:
            raise self._judged(*next(iter(fault.recipients.values()))) from fault
        except smtplib.SMTPSenderRefused as fault:  # our own address: it would be so for every message
            raise ServerDown(
                f"{self._server} refuses our sender address: {fault.smtp_code} {_text(fault.smtp_error)}"
            ) from fault
        except smtplib.SMTPResponseException as fault:
            raise self._judged(fault.smtp_code, fault.smtp_error) from fault
        except (OSError, smtplib.SMTPException) as fault:
            self._drop()
            raise ServerDown(f"{self._server} broke off: {_reason(fault)}") from fault

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.quit()
        except (OSError, smtplib.SMTPException):  # it has gone already, and everything was acknowledged
            connection.close()

    def _judged(self, code: int, answer: bytes | str) -> SendError:
        said = f"{code} {_text(answer)}"
        if code == _CLOSING:
            self._drop()
            return ServerDown(f"{self._server} is closing: {said}")
        return Refused(said) if code >= 500 else Deferred(said)

    def _ready(self) -> smtplib.SMTP:
        if self._connection is not None and not self._alive(self._connection):
            self._drop()
        if self._connection is None:
            self._connection = self._open()
        return self._connection

    @staticmethod
    def _alive(connection: smtplib.SMTP) -> bool:
        try:
            return connection.noop()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    def _open(self) -> smtplib.SMTP:
        server = self._server
        try:
            connection = self._connect()
        except (OSError, smtplib.SMTPException) as fault:
            raise ServerDown(f"mail server {server} cannot be reached: {_reason(fault)}") from fault
        try:
            if server.security == "starttls":
                connection.starttls(context=self._context)
            if server.user is not None:
                connection.login(server.user, server.password or "")
        except smtplib.SMTPAuthenticationError as fault:
            connection.close()
            raise ServerDown(f"mail server {server} refuses the user name or password ({fault.smtp_code})") from None
        except (OSError, smtplib.SMTPException) as fault:
            connection.close()
            raise ServerDown(f"mail server {server} cannot be used: {_reason(fault)}") from fault
        return connection

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        if server.security == "tls":
            return smtplib.SMTP_SSL(server.host, server.port, self._helo, timeout=self._timeout, context=self._context)
        return smtplib.SMTP(server.host, server.port, self._helo, timeout=self._timeout)

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _reason(fault: Exception) -> str:
    if isinstance(fault, smtplib.SMTPResponseException):
        return f"{fault.smtp_code} {_text(fault.smtp_error)}"
    if isinstance(fault, OSError) and fault.strerror:
        return fault.strerror
    return clean(str(fault), 200) or type(fault).__name__


def _text(answer: bytes | str) -> str:
    return clean(answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer, 200)
