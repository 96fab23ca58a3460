"""Reads subscribers.yaml: who wants to be told what. All faults at once, with file and line; a faulty file is not used.

It does not ask whether an organ or region is registered: the registry changes without this file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from alerts.errors import BadSubscribers, Fault
from alerts.hours import hours
from alerts.model import Subscriber, is_address

MAX_BYTES = 4_000_000

_REGION = re.compile(r"\d{6}(?:\d{3}|\d{6})?")
_CHOICES = {
    "language": ("zh", "en"),
    "severity": ("error", "warning", "info"),
    "delivery": ("digest", "immediate"),
    "role": ("officer", "operator"),
}
_LISTS = ("regions", "organs", "kinds", "immediate", "channels")
_KEYS = ("name", "email", "ledger", "working_days", "after_days", "quiet", *_CHOICES, *_LISTS)

Say = Callable[[int, str], None]


def load(path: Path, kinds: frozenset[str]) -> list[Subscriber]:
    """The subscribers of `path`; `kinds` are the event kinds that exist. Raises BadSubscribers."""
    faults: list[Fault] = []

    def say(line: int, message: str) -> None:
        faults.append(Fault(str(path), line, message))

    found = [read for entry, line in _entries(path, say) if (read := _subscriber(entry, line, kinds, say))]
    _twice(found, say)
    if faults:
        raise BadSubscribers(faults)
    return [subscriber for subscriber, _ in found]


def _entries(path: Path, say: Say) -> Iterator[tuple[CommentedMap, int]]:
    document = parse(path, say)
    if document is None:
        return
    if not isinstance(document, CommentedMap) or set(document) != {"subscribers"}:
        return say(1, "the file must hold one key, `subscribers`, with a list under it")
    entries = document["subscribers"]
    if not isinstance(entries, CommentedSeq):
        return say(1, "`subscribers` must be a list")
    for index, entry in enumerate(entries):
        line = entries.lc.item(index)[0] + 1
        if isinstance(entry, CommentedMap):
            yield entry, line
        else:
            say(line, "a subscriber must have keys: name, email, …")


def parse(path: Path, say: Say) -> Any:
    """A YAML file with line numbers; None when it was refused."""
    try:
        raw = path.read_bytes()
        if len(raw) > MAX_BYTES:
            return say(1, f"larger than {MAX_BYTES} bytes")
        return YAML(typ="rt").load(raw.decode()) or CommentedMap()
    except OSError as fault:
        say(1, f"cannot be read: {fault.strerror}")
    except UnicodeDecodeError:
        say(1, "is not UTF-8")
    except MarkedYAMLError as fault:
        mark = fault.problem_mark
        say(mark.line + 1 if mark else 1, f"is not YAML: {fault.problem}")
    except YAMLError as fault:
        say(1, f"is not YAML: {fault}")
    return None


def _subscriber(entry: CommentedMap, line: int, kinds: frozenset[str], say: Say) -> tuple[Subscriber, int] | None:
    fields: dict[str, Any] = {}
    sound = True

    def fault(key: str, message: str) -> None:
        nonlocal sound
        sound = False
        say(entry.lc.key(key)[0] + 1 if key in entry else line, message)

    for key in entry:
        if key not in _KEYS:
            fault(key, f"unknown key `{key}`; known are {', '.join(_KEYS)}")
    for key in ("name", "email"):
        fields[key] = _word(entry, key, fault)
    if fields["email"] and not is_address(fields["email"]):
        fault("email", f"`{fields['email']}` is not a mail address")
    for key, choices in _CHOICES.items():
        if key in entry:
            fields[key] = entry[key]
            if entry[key] not in choices:
                fault(
                    key,
                    f"`{key}` must be one of {', '.join(choices)}, not `{entry[key]}`",
                )
    _habits(entry, fields, fault)
    for key in _LISTS:
        fields[key] = _words(entry, key, fault)
    _known(fields, kinds, fault)
    return (Subscriber(**fields), line) if sound else None


def _habits(entry: CommentedMap, fields: dict[str, Any], fault: Callable[[str, str], None]) -> None:
    """How and when the subscriber wants mail."""
    for key in ("ledger", "working_days"):
        if key in entry:
            fields[key] = entry[key]
            if not isinstance(entry[key], bool):
                fault(key, f"`{key}` must be true or false")
    if "after_days" in entry:
        days = fields["after_days"] = entry["after_days"]
        if not isinstance(days, int) or isinstance(days, bool) or not 0 <= days <= 365:
            fault("after_days", "`after_days` must be a number of days from 0 to 365")
    if "quiet" in entry:
        fields["quiet"] = hours(str(entry["quiet"]))
        if fields["quiet"] is None:
            fault("quiet", "`quiet` must be hours such as 22:00-08:00")


def _known(fields: dict[str, Any], kinds: frozenset[str], fault: Callable[[str, str], None]) -> None:
    for code in fields["regions"]:
        if not _REGION.fullmatch(code):
            fault("regions", f"`{code}` is not a GB/T 2260 code of 6, 9 or 12 digits")
    for key in ("kinds", "immediate"):
        for kind in fields[key]:
            if kind not in kinds:
                fault(key, f"unknown kind `{kind}`; known are {', '.join(sorted(kinds))}")


def _word(entry: CommentedMap, key: str, fault: Callable[[str, str], None]) -> str:
    value = entry.get(key)
    if isinstance(value, str) and value.strip() and value.isprintable():
        return value.strip()
    fault(key, f"`{key}` must be text" if key in entry else f"`{key}` is missing")
    return ""


def _words(entry: CommentedMap, key: str, fault: Callable[[str, str], None]) -> tuple[str, ...]:
    """A list of words; YAML reads an unquoted 511900 as a number, which is accepted."""
    value = entry.get(key, [])
    if not isinstance(value, list):
        fault(key, f"`{key}` must be a list")
        return ()
    words = tuple(str(item).strip() for item in value if isinstance(item, str | int) and not isinstance(item, bool))
    if len(words) != len(value) or not all(words):
        fault(key, f"`{key}` must be a list of words")
    return words


def _twice(found: list[tuple[Subscriber, int]], say: Say) -> None:
    seen: dict[str, int] = {}
    for subscriber, line in found:
        first = seen.setdefault(subscriber.email.casefold(), line)
        if first != line:
            say(line, f"{subscriber.email} is already subscribed at line {first}")
