"""Reads a YAML mapping strictly: every key is asked for or is a fault, every fault has its line, reading goes on.

Works on the node graph, not on Python values: scalars keep their spelling (12.50 stays 12.50), lines are exact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from sample.errors import Fault

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEVER = date(1970, 1, 1)  # stands for a date that could not be read; the fault is already noted


def parse_moment(text: str) -> datetime:
    """An ISO moment; without a zone it is Asia/Shanghai, a bare date is the end of that day. Raises ValueError."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text.strip()):
        return datetime.combine(date.fromisoformat(text.strip()), time(23, 59, 59), SHANGHAI)
    moment = datetime.fromisoformat(text.strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


@dataclass(slots=True)
class Entry:
    """One mapping of a file. Each reader notes a fault and returns something harmless when the value is wrong."""

    file: str
    line: int
    faults: list[Fault]
    nodes: dict[str, Node] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, node: Node, file: str, faults: list[Fault]) -> Entry:
        entry = cls(file, node.start_mark.line + 1, faults)
        if not isinstance(node, MappingNode):
            entry.fault("a mapping is wanted here")
            return entry
        for key, value in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if name in entry.nodes:
                entry.fault(f"{name}: stands twice", line)
            entry.nodes[name], entry.lines[name] = value, line
        return entry

    def fault(self, message: str, line: int | None = None) -> None:
        self.faults.append(Fault(self.file, line or self.line, message))

    def wrong(self, key: str, message: str) -> None:
        self.fault(f"{key}: {message}", self.lines.get(key))

    def has(self, key: str) -> bool:
        return key in self.nodes

    def _node(self, key: str, required: bool) -> Node | None:
        self.asked.add(key)
        node = self.nodes.get(key)
        if node is None and required:
            self.fault(f"{key}: is missing")
        return node

    def text(self, key: str, default: str | None = None) -> str:
        """A scalar as it is spelled, stripped; without a default it must be there and not be empty."""
        node = self._node(key, default is None)
        if node is None:
            return default or ""
        if not isinstance(node, ScalarNode):
            self.wrong(key, "a single value is wanted")
            return default or ""
        value = str(node.value).strip()
        if not value and default is None:
            self.wrong(key, "is empty")
        return value

    def optional(self, key: str) -> str | None:
        self.asked.add(key)
        return self.text(key) if self.has(key) else None

    def choice(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(key, default)
        if value and value not in allowed:
            self.wrong(key, f"{value!r} is none of {', '.join(allowed)}")
            return allowed[0]
        return value or allowed[0]

    def number(self, key: str, default: int | None = None) -> int:
        value = self.text(key, None if default is None else str(default))
        if re.fullmatch(r"\d+", value):
            return int(value)
        if value:
            self.wrong(key, f"{value!r} is not a whole number")
        return default or 0

    def flag(self, key: str) -> bool:
        return self.choice(key, ("false", "true"), "false") == "true"

    def day(self, key: str, default: date | None = None) -> date:
        if default is not None and not self.has(key):
            self.asked.add(key)
            return default
        value = self.text(key)
        try:
            return date.fromisoformat(value)
        except ValueError:
            if value:
                self.wrong(key, f"{value!r} is not a date (2024-01-31)")
            return NEVER

    def moment(self, key: str) -> datetime:
        value = self.text(key)
        try:
            return parse_moment(value)
        except ValueError:
            if value:
                self.wrong(key, f"{value!r} is not a moment (2024-01-31 or 2024-01-31 09:30)")
            return datetime.combine(NEVER, time(), SHANGHAI)

    def texts(self, key: str, required: bool = False) -> tuple[str, ...]:
        """A list of scalars, spelled as they stand; `~` is the empty string."""
        node = self._node(key, required)
        if node is None:
            return ()
        if not isinstance(node, SequenceNode) or not all(isinstance(item, ScalarNode) for item in node.value):
            self.wrong(key, "a list of single values is wanted")
            return ()
        return tuple("" if item.tag.endswith(":null") else str(item.value).strip() for item in node.value)

    def entry(self, key: str, required: bool = True) -> Entry:
        node = self._node(key, required)
        if node is None:
            return Entry(self.file, self.line, self.faults)
        return Entry.of(node, self.file, self.faults)

    def entries(self, key: str) -> Iterator[Entry]:
        """A list of mappings; none when the key is absent."""
        node = self._node(key, False)
        if node is None:
            return
        if not isinstance(node, SequenceNode):
            self.wrong(key, "a list is wanted")
            return
        for item in node.value:
            yield Entry.of(item, self.file, self.faults)

    def done(self) -> None:
        """Whatever nobody asked for is a fault: a misspelt key must not be dropped in silence."""
        for key in self.nodes.keys() - self.asked:
            self.wrong(key, "nothing of this name is known here")


def read_yaml(path: Path, file: str, faults: list[Fault]) -> Entry:
    """The mapping that a file holds; what is not YAML is one fault with its line."""
    try:
        node: Any = YAML().compose(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        mark = error.problem_mark
        faults.append(Fault(file, mark.line + 1 if mark else 1, f"not YAML: {error.problem}"))
        return Entry(file, 1, faults)
    except (UnicodeDecodeError, OSError) as error:
        faults.append(Fault(file, 1, f"cannot be read: {error}"))
        return Entry(file, 1, faults)
    if node is None:
        faults.append(Fault(file, 1, "is empty"))
        return Entry(file, 1, faults)
    return Entry.of(node, file, faults)
