"""A JSON list of flat objects, every value with the line it stands on: the standard parser does not tell lines.

Values are decoded by the standard library; only the list and its objects are walked here.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from portals.faults import FaultList, quote

_SPACE = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class Value:
    """A value as the file has it (a string, for JSON any type), with its line, from 1."""

    value: object
    line: int


class _Broken(Exception):
    """The text stops being JSON here; what follows cannot be trusted."""

    def __init__(self, position: int, message_zh: str, message_en: str) -> None:
        super().__init__(message_en)
        self.position, self.message_zh, self.message_en = position, message_zh, message_en


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


class _Walker:
    def __init__(self, text: str, faults: FaultList) -> None:
        self.text = text
        self.faults = faults
        self.decoder = json.JSONDecoder(parse_constant=_no_constant)
        self.position = 0
        self._counted = (0, 1)  # position and its line: lines are counted once, forwards

    def line(self, position: int) -> int:
        last, line = self._counted
        if position < last:
            return self.text.count("\n", 0, position) + 1
        line += self.text.count("\n", last, position)
        self._counted = (position, line)
        return line

    def peek(self) -> str:
        match = _SPACE.match(self.text, self.position)
        self.position = match.end() if match else self.position
        return self.text[self.position : self.position + 1]

    def expect(self, wanted: str) -> str:
        """Steps over one of the characters wanted."""
        found = self.peek()
        if not found or found not in wanted:
            names = " / ".join(wanted)
            shown = quote(found) if found else "end of file"
            raise _Broken(self.position, f"此处应为 {names}", f"expected {names} here, found {shown}")
        self.position += 1
        return found

    def decode(self) -> object:
        self.peek()
        start = self.position
        try:
            value, self.position = self.decoder.raw_decode(self.text, start)
        except json.JSONDecodeError as error:
            raise _Broken(error.pos, f"JSON 格式有误：{error.msg}", f"malformed JSON: {error.msg}") from error
        except (ValueError, RecursionError) as error:  # NaN, a number of 5,000 digits, 10,000 brackets
            raise _Broken(start, "JSON 的值不可接受", f"unacceptable JSON value: {quote(str(error))}") from error
        return value

    def members(self) -> dict[str, Value]:
        """One object, from its opening brace on."""
        values: dict[str, Value] = {}
        self.expect("{")
        if self.peek() == "}":
            self.position += 1
            return values
        while True:
            if self.peek() != '"':
                raise _Broken(self.position, "此处应为带引号的键", "expected a quoted key here")
            line = self.line(self.position)
            key = str(self.decode())
            self.expect(":")
            self.peek()
            value_line = self.line(self.position)
            if key in values:
                self.faults.add(line, key, "同一对象中键重复", "this key stands twice in one object")
            values[key] = Value(self.decode(), value_line)
            if self.expect(",}") == "}":
                return values


def read_objects(text: str, faults: FaultList, most: int) -> list[tuple[int, dict[str, Value]]] | None:
    """Every object with the line it begins on. None when the file is no list; a list cut short where JSON breaks."""
    walker = _Walker(text.removeprefix("\ufeff"), faults)
    if walker.peek() != "[":
        faults.add(walker.line(walker.position), None, "JSON 应为对象的列表", "the JSON must be a list of objects")
        return None
    objects: list[tuple[int, dict[str, Value]]] = []
    try:
        _walk_list(walker, objects, most)
    except _Broken as broken:
        faults.add(walker.line(broken.position), None, broken.message_zh, broken.message_en)
    return objects


def _walk_list(walker: _Walker, objects: list[tuple[int, dict[str, Value]]], most: int) -> None:
    walker.expect("[")
    if walker.peek() == "]":
        walker.position += 1
    else:
        while True:
            found = walker.peek()
            line = walker.line(walker.position)
            if found == "{":
                objects.append((line, walker.members()))
            else:
                shown = quote(walker.decode())
                walker.faults.add(line, None, f"列表中应为对象，而不是 {shown}", f"expected an object, found {shown}")
            if len(objects) > most:
                raise _Broken(walker.position, f"超过 {most} 个对象", f"more than {most} objects")
            if walker.expect(",]") == "]":
                break
    if walker.peek():
        raise _Broken(walker.position, "列表之后还有内容", "there is more after the list")
