"""A message as bytes for the wire: RFC 5322 and MIME, plain text beside HTML. The same message gives the same bytes.

Headers go through the library's own header types, which refuse line breaks: nothing in a title becomes a header.
"""

from __future__ import annotations

import hashlib
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr

from alerts.errors import BadSettings
from alerts.text import BEIJING, clean
from storage.records import Message

_LATER = ("Content-Language",)  # the library drops these when content is set


def mailbox(name: str, address: str) -> str:
    return str(Address(display_name=clean(name), addr_spec=address))


def sender(message: Message) -> str:
    """The address that the mail comes from. Raises BadSettings."""
    address = parseaddr(message.headers.get("From", ""))[1]
    if not address:
        raise BadSettings(f"message {message.id} has no sender")
    return address


def as_bytes(message: Message) -> bytes:
    """The mail, lines ending with CRLF."""
    mail = EmailMessage(policy=SMTP)
    mail["Date"] = message.at.astimezone(BEIJING)
    mail["Message-ID"] = f"<{message.id}>"
    mail["To"] = message.headers.get("To", message.to)
    mail["Subject"] = message.subject
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    for name, value in message.headers.items():
        if name not in ("To", *_LATER):
            mail[name] = value
    mail.set_content(message.text, cte="base64")
    if message.html is not None:
        mail.add_alternative(message.html, subtype="html", cte="base64")
    for file, media_type, content in message.attachments:
        kind, _, subtype = media_type.partition("/")
        mail.add_attachment(content, maintype=kind, subtype=subtype, filename=clean(file))
    for name in _LATER:
        if name in message.headers:
            mail[name] = message.headers[name]
    _fix_boundaries(mail, message.id)
    return mail.as_bytes()


def _fix_boundaries(mail: EmailMessage, identity: str) -> None:
    """The library would draw them at random. All content is base64, which cannot contain them."""
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{number}_{hashlib.sha256(identity.encode()).hexdigest()[:32]}")
