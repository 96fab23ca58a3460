"""Records to JSON and back: what WARC metadata records and JSON columns hold.

Fields that a newer Nianbao added are ignored, fields that an older one did not know take their default: an archive is
read by programs that did not write it.
"""

from __future__ import annotations

import base64
import json
import types
import typing
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


def moment_text(moment: datetime) -> str:
    """RFC 3339 in UTC, `Z` at the end, with microseconds only where there are any. A naive datetime is refused."""
    if moment.tzinfo is None:
        raise ValueError(f"a moment without a time zone: {moment!r}")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def plain(value: Any) -> Any:
    """A record as what `json` can write: dates as text, enums as their value, bytes as base64."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
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
        case list() | tuple():
            return [plain(item) for item in value]
    return value


def to_json(record: object) -> bytes:
    """One line of UTF-8 JSON, keys in the order of the record: equal records give equal bytes."""
    text = json.dumps(plain(record), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", errors="surrogatepass")


def from_json(kind: type[T], data: bytes | str) -> T:
    """The record that `to_json` wrote. Raises ValueError when it is not one."""
    if isinstance(data, bytes):
        data = data.decode("utf-8", errors="surrogatepass")
    return from_plain(kind, json.loads(data))


def from_plain(kind: type[T], value: Any) -> T:
    try:
        return typing.cast(T, _build(kind, value))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a {kind.__name__}: {error!r}") from error


@cache
def _shape(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _build(kind: Any, value: Any) -> Any:
    if value is None or kind in (Any, object, str, int, float, bool):
        return float(value) if kind is float and value is not None else value
    if isinstance(kind, type) and is_dataclass(kind):
        shape = _shape(kind)
        return kind(**{name: _build(shape[name], item) for name, item in value.items() if name in shape})
    if isinstance(kind, type) and not typing.get_origin(kind):
        return _build_leaf(kind, value)
    return _build_generic(kind, value)


def _build_leaf(kind: type, value: Any) -> Any:
    if issubclass(kind, Enum):
        return kind(value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    if kind is date:
        return date.fromisoformat(value)
    if kind is bytes:
        return base64.b64decode(value)
    return value


def _build_generic(kind: Any, value: Any) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _build(
            next(argument for argument in arguments if argument is not type(None)),
            value,
        )
    if origin is tuple and arguments[-1] is Ellipsis:
        return tuple(_build(arguments[0], item) for item in value)
    if origin is tuple:
        return tuple(_build(part, item) for part, item in zip(arguments, value, strict=True))
    if origin is list:
        return [_build(arguments[0], item) for item in value]
    if origin is dict:
        return {key: _build(arguments[1], item) for key, item in value.items()}
    return value  # Literal
