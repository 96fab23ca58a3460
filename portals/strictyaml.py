"""Data files in YAML, read strictly: every key is known or refused, every value has its type, every fault its line.

What a file means is said by the module that owns it; this one only walks mappings and lists.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from portals.faults import FaultList, quote

MOST_BYTES = 4 * 1024 * 1024
MOST_OPEN = 500  # brackets open at once: the parser's time grows with their square, 5,000 take half a minute

_T = TypeVar("_T")
_MISSING = object()


class Mapping:
    """A YAML mapping being taken apart. Whoever reads it calls `take` for every key that it knows, then `close`."""

    def __init__(self, node: CommentedMap, line: int, faults: FaultList) -> None:
        self.node, self.line, self.faults = node, line, faults
        self._taken: set[object] = set()

    def line_of(self, key: str) -> int:
        try:
            return int(self.node.lc.key(key)[0]) + 1
        except (KeyError, TypeError):
            return self.line

    def fault(self, key: str | None, message_zh: str, message_en: str) -> None:
        self.faults.add(self.line if key is None else self.line_of(key), key, message_zh, message_en)

    def take(self, key: str, convert: Callable[[object], _T | None], wanted: str, default: _T) -> _T:
        """The converted value. `convert` gives None for what it refuses; `default` also stands for what was refused."""
        value = self._raw(key)
        if value is _MISSING:
            self.fault(key, "缺少此键", f"the key {key} is missing")
            return default
        converted = convert(value)
        if converted is None:
            self.fault(key, f"{quote(value)} 应为 {wanted}", f"{quote(value)} is not {wanted}")
            return default
        return converted

    def take_text(self, key: str, default: str | None = None) -> str:
        """Text that is not empty; the key may be absent when a default is given."""
        if default is not None and key not in self.node:
            return default
        return self.take(key, _text, "text", "")

    def take_texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; absent is empty."""
        value = self._raw(key)
        if value is _MISSING:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            self.fault(key, "应为文字的列表", "expected a list of texts")
            return ()
        return tuple(str(item) for item in value)

    def take_mappings(self, key: str) -> list[Mapping]:
        """A list of mappings; absent is empty."""
        value = self._raw(key)
        if value is _MISSING:
            return []
        if not isinstance(value, CommentedSeq):
            self.fault(key, "应为列表", "expected a list")
            return []
        return list(self._items(value))

    def take_mapping(self, key: str) -> Mapping:
        """A mapping within this one; an empty one stands for what was refused."""
        value = self._raw(key)
        if not isinstance(value, CommentedMap):
            self.fault(key if value is not _MISSING else None, f"{key} 应为键值对", f"{key} must be keys and values")
            value = CommentedMap()
        return Mapping(value, self.line_of(key), self.faults)

    def _items(self, items: CommentedSeq) -> list[Mapping]:
        found: list[Mapping] = []
        for position, item in enumerate(items):
            line = int(items.lc.item(position)[0]) + 1
            if isinstance(item, CommentedMap):
                found.append(Mapping(item, line, self.faults))
            else:
                self.faults.add(line, None, "应为键值对", f"expected keys and values, found {quote(item)}")
        return found

    def close(self) -> None:
        """Refuses what nobody took."""
        for key in self.node:
            if key not in self._taken:
                line = self.line_of(key) if isinstance(key, str) else self.line
                self.faults.add(line, str(key), "未知的键", f"unknown key {quote(key)}")

    def _raw(self, key: str) -> object:
        self._taken.add(key)
        return self.node.get(key, _MISSING)


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def read_yaml(path: Path, faults: FaultList) -> Mapping | None:
    """The file's top mapping; None when there is none to be had, with the reason in `faults`."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or str(error)
        faults.add(None, None, f"文件无法读取：{reason}", f"the file cannot be read: {reason}")
        return None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        faults.add(line, None, "此行不是 UTF-8 文字", "this line is not text in UTF-8")
        return None
    if len(content) > MOST_BYTES:
        faults.add(None, None, f"文件超过 {MOST_BYTES} 字节", f"the file is larger than {MOST_BYTES} bytes")
        return None
    return _parse(text, faults)


def _too_deep(text: str) -> int | None:
    """The line where too many brackets are open. Those in quoted text count too: real files stay far below."""
    depth = 0
    for number, line in enumerate(text.split("\n"), start=1):
        for character in line:
            depth += (character in "{[") - (character in "}]")
            if depth > MOST_OPEN:
                return number
    return None


def _parse(text: str, faults: FaultList) -> Mapping | None:
    deep = _too_deep(text)
    if deep is not None:
        faults.add(deep, None, "括号嵌套过深", "too many open brackets")
        return None
    try:
        node = YAML(typ="rt").load(io.StringIO(text))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        problem = (error.problem or "").split("\n")[0]
        faults.add(line, None, f"YAML 格式有误：{problem}", f"malformed YAML: {problem}")
        return None
    except (YAMLError, ValueError, RecursionError) as error:
        faults.add(None, None, "YAML 格式有误", f"malformed YAML: {quote(str(error))}")
        return None
    if not isinstance(node, CommentedMap):
        faults.add(1, None, "应为键值对", "expected keys and values")
        return None
    return Mapping(node, 1, faults)
