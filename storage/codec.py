"""Records to JSON and back: what WARC metadata records and JSON columns hold.

Fields that a newer Nianbao added are ignored, fields that an older one did not know take their default: an archive is
read by programs that did not write it.
"""

from __future__ import annotations

import base64
import json
import re
import types
import typing
from collections.abc import Callable, Hashable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")
_UNSTORABLE = re.compile("[\\x00\\ud800-\\udfff]")
_ESCAPED_NUL = re.compile(r"((?<!\\)(?:\\\\)*)\\u0000")
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_PLAIN = frozenset((str, int, float, bool, type(None)))


def moment_text(moment: datetime) -> str:
    """RFC 3339 in UTC, `Z` at the end, with microseconds only where there are any. A naive datetime is refused."""
    if moment.tzinfo is None:
        raise ValueError(f"a moment without a time zone: {moment!r}")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def plain(value: Any) -> Any:
    """A record as what `json` can write: dates as text, enums as their value, bytes as base64."""
    kind: Any = type(value)
    if kind in _PLAIN:
        return value
    if kind in (tuple, list):
        return [plain(item) for item in value]
    if names := _field_names(kind):
        return {name: plain(getattr(value, name)) for name in names}
    match value:
        case Enum():
            return value.value
        case datetime():
            return moment_text(value)
        case date():
            return value.isoformat()
        case bytes():
            return base64.b64encode(value).decode("ascii")
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
    return value


@cache
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def to_json(record: object) -> bytes:
    """One line of UTF-8 JSON, keys in the order of the record: equal records give equal bytes."""
    return json_text(plain(record)).encode("utf-8")


def json_text(value: Any) -> str:
    """Compact JSON: Chinese as it is, ASCII escapes only where there is no UTF-8 (lone surrogates of broken pages)."""
    text = _COMPACT.encode(value)
    return text if _is_unicode(text) else json.dumps(value, separators=(",", ":"))


def storable(text: str) -> str:
    """The text with U+FFFD for what no database keeps: NUL, and surrogates without their other half."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def storable_json(value: Any) -> str:
    """Compact JSON for a column: its texts `storable`. The archive keeps them as they were."""
    text = _COMPACT.encode(value)
    if "\\u0000" in text:
        text = _ESCAPED_NUL.sub(r"\1" + "\N{REPLACEMENT CHARACTER}", text)
    return text if _is_unicode(text) else storable(text)


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")  # six times quicker than looking for surrogates
    except UnicodeEncodeError:
        return False
    return True


def from_json(kind: type[T], data: bytes | str) -> T:
    """The record that `to_json` wrote. Raises ValueError when it is not one."""
    if isinstance(data, bytes):
        data = data.decode("utf-8", errors="surrogatepass")
    return from_plain(kind, json.loads(data))


def from_plain(kind: type[T], value: Any) -> T:
    try:
        return typing.cast(T, _builder(typing.cast(Hashable, kind))(value))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a {kind.__name__}: {error!r}") from error


Builder = Callable[[Any], Any]


@cache
def _builder(kind: Any) -> Builder:
    """How a value of this type is made from JSON; worked out once a type, for a season's visits are many."""
    if isinstance(kind, type) and is_dataclass(kind):
        return _record_builder(kind)
    if isinstance(kind, type) and not typing.get_origin(kind):
        return _leaf_builder(kind)
    return _generic_builder(kind)


def _record_builder(kind: type) -> Builder:
    makers = {name: _builder(shape) for name, shape in typing.get_type_hints(kind).items()}
    made = [(name, make) for name, make in makers.items() if make is not _as_it_is]
    names = makers.keys()

    def build(value: Any) -> Any:
        if value is None:
            return None
        known = value if value.keys() <= names else {name: value[name] for name in names & value.keys()}
        return kind(**known | {name: make(value[name]) for name, make in made if name in value})

    return build


def _leaf_builder(kind: type) -> Builder:
    makers: dict[type, Builder] = {
        datetime: datetime.fromisoformat,
        date: date.fromisoformat,
        bytes: base64.b64decode,
        float: float,
    }
    make = kind if issubclass(kind, Enum) else makers.get(kind)
    if make is None:
        return _as_it_is
    return lambda value: None if value is None else make(value)


def _generic_builder(kind: Any) -> Builder:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _builder(next(argument for argument in arguments if argument is not type(None)))
    if origin in (tuple, list) and (origin is list or arguments[-1] is Ellipsis):
        make = _builder(arguments[0])
        if make is _as_it_is:
            return lambda value: None if value is None else origin(value)
        return lambda value: None if value is None else origin([make(item) for item in value])
    if origin is tuple:
        parts = [_builder(part) for part in arguments]
        return lambda value: tuple(part(item) for part, item in zip(parts, value, strict=True))
    if origin is dict:
        make = _builder(arguments[1])
        return lambda value: None if value is None else {key: make(item) for key, item in value.items()}
    return _as_it_is  # Any, object, Literal


def _as_it_is(value: Any) -> Any:
    return value
