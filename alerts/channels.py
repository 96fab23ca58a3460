"""Other ways than mail: WeCom, DingTalk, Feishu, Slack, webhooks and what else apprise knows, by their names.

Messages in the outbox hold a channel's name only; its address, which is a secret, stays in the file of the home folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ruamel.yaml.comments import CommentedMap

from alerts.errors import BadSubscribers, Deferred, Fault, Refused
from alerts.subscribers import parse
from storage.records import Message

CHANNEL = "apprise"  # storage.records.Message.channel of these messages
LONGEST = 1_500  # characters: chats take no letters, and the link leads on


def load_channels(path: Path) -> dict[str, str]:
    """Names and addresses of `channels: {name: address}`. Raises BadSubscribers, which shows no address."""
    faults: list[Fault] = []
    document = parse(path, lambda line, message: faults.append(Fault(str(path), line, message)))
    found = document.get("channels") if isinstance(document, dict) and set(document) == {"channels"} else None
    if not faults and not isinstance(found, dict):
        faults.append(Fault(str(path), 1, "the file must hold one key, `channels`, with names and addresses under it"))
    named: CommentedMap = found if isinstance(found, CommentedMap) else CommentedMap()
    for name, address in named.items():
        line = named.lc.key(name)[0] + 1
        if not isinstance(address, str) or not _can_be_used(address):
            faults.append(Fault(str(path), line, f"`{name}`: apprise does not know this kind of address"))
    if faults:
        raise BadSubscribers(faults)
    return {str(name): str(address) for name, address in named.items()}


def _can_be_used(address: str) -> bool:
    import apprise  # a second to import: only where there are channels

    return bool(apprise.Apprise().add(address))


class Channels:
    """Sends a message's subject and the beginning of its text to the channel that it names."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self._addresses = addresses

    def send(self, message: Message) -> None:
        import apprise

        address = self._addresses.get(message.to)
        if address is None:
            raise Refused(f"there is no channel {message.to!r} in channels.yaml")
        sender = apprise.Apprise()
        if not sender.add(address):
            raise Refused(f"channel {message.to!r} has an address that apprise does not know")
        if not sender.notify(title=message.subject, body=_short(message.text), body_format=apprise.NotifyFormat.TEXT):
            raise Deferred(f"channel {message.to!r} did not take the message")


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"
