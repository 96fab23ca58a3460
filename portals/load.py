"""Organs out of a register file. Strict: every fault is reported at once, and on any fault nothing is returned.

Which organs exist already, and what importing them again changes, is storage's affair; `known` is all it needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TypeVar, get_args
from urllib.parse import urlsplit

from portals.faults import FaultList, quote
from portals.jsonlines import Value
from portals.model import Kind, Level, Organ
from portals.series import MAIN, built_in_series
from portals.tables import Row, Table, read_table

COLUMNS = ("id", "name", "aliases", "level", "kind", "region", "parent", "home_url", "column_url")
OPTIONAL = (
    "since",
    "until",
    "successor",
    "exempt",
    "columns",
)  # of organs that did not always exist, or owe nothing; that owe more
NEEDED = ("id", "name", "level", "kind", "region")
LEVELS: tuple[Level, ...] = get_args(Level)
KINDS: tuple[Kind, ...] = get_args(Kind)

_Choice = TypeVar("_Choice", bound=str)

MOST_ID = 100
MOST_NAME = 200
MOST_ALIASES = 50
MOST_URL = 2000

# GB/T 2260 has six digits; the statistical codes of townships and villages that extend it have nine and twelve.
_REGION = re.compile(r"[1-9][0-9]{5}([0-9]{3}){0,2}")
# An id becomes part of URLs, file names and command lines.
_BAD_IN_ID = re.compile(r"[\s/\\?#%&;,'\"<>|*:]")


def load_organs(path: Path, known: Mapping[str, str | None] | None = None) -> list[Organ]:
    """The organs of a CSV, XLSX or JSON file in file order; raises RegistryFaults with every fault of it.

    `known` maps the ids that the registry has already to their parents: a parent may be among them.
    """
    faults = FaultList(str(path))
    table = read_table(path, faults)
    if table is None:
        faults.raise_if_any()
        return []
    _check_columns(table, faults)
    if not table.rows and not faults:
        faults.add(None, None, "文件中没有任何机关", "the file holds no organs")
    drafts = [_Draft(row, faults, table.header) for row in table.rows]
    organs = [draft.organ() for draft in drafts]
    _check_ids(drafts, faults)
    _check_parents(drafts, known or {}, faults)
    faults.raise_if_any()
    return organs


def _check_columns(table: Table, faults: FaultList) -> None:
    """A register in a table has all nine columns, since importing again overwrites: an absent one would erase."""
    if table.header is None:
        return
    seen: set[str] = set()
    for position, name in enumerate(table.header, start=1):
        if not name:
            faults.add(table.header_line, None, f"第 {position} 列没有列名", f"column {position} has no name")
        elif name in seen:
            faults.add(table.header_line, name, "列名重复", "this column stands twice")
        elif name not in COLUMNS + OPTIONAL:
            faults.add(table.header_line, name, "未知的列", f"unknown column {quote(name)}")
        seen.add(name)
    for name in COLUMNS:
        if name not in seen:
            faults.add(table.header_line, name, "缺少此列", "this column is missing")


class _Draft:
    """One row on its way to an organ: what cannot be used is told to `faults` and replaced by something harmless."""

    def __init__(self, row: Row, faults: FaultList, header: tuple[str, ...] | None) -> None:
        self.row, self.faults = row, faults
        self.told = (
            () if header is None else tuple(name for name in NEEDED if name not in header)
        )  # told once, of the header
        if header is None:
            self._check_keys()
        self.id = self._id()
        self.parent = self._text("parent") or None
        self.successor = self._text("successor") or None

    def organ(self) -> Organ:
        since, until = self._day("since"), self._day("until")
        if since is not None and until is not None and until < since:
            self._fault("until", "早于成立日期", "is before it began")
        return Organ(
            id=self.id or "",
            name=self._name(),
            aliases=self._aliases(),
            level=self._one_of("level", LEVELS),
            kind=self._one_of("kind", KINDS),
            region=self._region(),
            parent=self.parent,
            home_url=self._url("home_url"),
            column_url=self._url("column_url"),
            since=since,
            until=until,
            successor=self.successor,
            exempt=self._exempt(),
            columns=tuple(self._columns()),
        )

    def line(self, name: str) -> int:
        value = self.row.values.get(name)
        return value.line if value else self.row.line

    def _check_keys(self) -> None:
        for name, value in self.row.values.items():
            if name not in COLUMNS + OPTIONAL:
                self.faults.add(value.line, name, "未知的键", f"unknown key {quote(name)}")

    def _fault(self, name: str, zh: str, en: str) -> None:
        self.faults.add(self.line(name), name, zh, en)

    def _text(self, name: str) -> str:
        """A column's text, "" when there is none."""
        value = self.row.values.get(name, Value(None, self.row.line)).value
        if value is None:
            return ""
        if not isinstance(value, str):
            self._fault(name, f"应为文字，而不是 {quote(value)}", f"expected a string, found {quote(value)}")
            return ""
        return self._clean(name, value)

    def _clean(self, name: str, text: str) -> str:
        text = text.replace("\ufeff", "").replace("\xa0", " ").replace("\u3000", " ").strip()
        text = re.sub(r"[ \t]*[\r\n]+[ \t]*", "", text)  # a name that Excel wrapped inside its cell: 住房和\n城乡建设局
        if not text.isprintable() or "\ufffd" in text:
            self._fault(name, "含有控制字符或乱码", f"control or replacement characters in {quote(text)}")
        return text

    def _needed(self, name: str) -> str:
        value = self.row.values.get(name)
        text = self._text(name)
        if (
            not text
            and name not in self.told
            and (value is None or value.value is None or isinstance(value.value, str))
        ):
            self._fault(name, "不能为空", "must not be empty")
        return text

    def _id(self) -> str | None:
        text = self._needed("id")
        if len(text) > MOST_ID:
            self._fault("id", f"超过 {MOST_ID} 个字符", f"longer than {MOST_ID} characters")
        if _BAD_IN_ID.search(text):
            self._fault("id", f"{quote(text)} 含有空格或标点", f"{quote(text)} has a space or punctuation in it")
        return text or None

    def _name(self) -> str:
        text = self._needed("name")
        if len(text) > MOST_NAME:
            self._fault("name", f"超过 {MOST_NAME} 个字符", f"longer than {MOST_NAME} characters")
        return text

    def _aliases(self) -> tuple[str, ...]:
        value = self.row.values.get("aliases", Value(None, self.row.line)).value
        if isinstance(value, list):
            parts = [part for part in value if isinstance(part, str)]
            if len(parts) < len(value):
                self._fault("aliases", "列表中只能是文字", "the list must hold strings only")
            parts = [self._clean("aliases", part) for part in parts]
        else:
            parts = [part.strip() for part in self._text("aliases").replace("；", ";").split(";")]
        aliases = tuple(dict.fromkeys(part for part in parts if part))
        if len(aliases) > MOST_ALIASES or any(len(alias) > MOST_NAME for alias in aliases):
            self._fault("aliases", "别名过多或过长", "too many aliases, or one too long")
        return aliases

    def _one_of(self, name: str, allowed: tuple[_Choice, ...]) -> _Choice:
        text = self._needed(name).lower()
        for choice in allowed:
            if choice == text:
                return choice
        if text:
            choices = ", ".join(allowed)
            self._fault(name, f"{quote(text)} 应为 {choices} 之一", f"{quote(text)} is none of {choices}")
        return allowed[0]

    def _region(self) -> str:
        text = self._needed("region")
        if text and not _REGION.fullmatch(text):
            self._fault(
                "region",
                f"{quote(text)} 不是 6 位（或 9、12 位）行政区划代码",
                f"{quote(text)} is no GB/T 2260 code of 6 (or 9, 12) digits",
            )
        return text

    def _day(self, name: str) -> date | None:
        text = self._text(name)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self._fault(name, f"{quote(text)} 不是 YYYY-MM-DD 格式的日期", f"{quote(text)} is no date like 2024-03-31")
            return None

    def _exempt(self) -> str | None:
        text = self._text("exempt")
        if len(text) > MOST_NAME:
            self._fault("exempt", f"超过 {MOST_NAME} 个字符", f"longer than {MOST_NAME} characters")
        return text or None

    def _url(self, name: str) -> str | None:
        return self._checked(name, self._text(name))

    def _checked(self, name: str, url: str) -> str | None:
        wrong = _what_is_wrong(url) if url else None
        if wrong:
            self._fault(name, f"网址 {quote(url)} {wrong[0]}", f"the URL {quote(url)} {wrong[1]}")
        return url or None

    def _columns(self) -> Iterator[tuple[str, str]]:
        """Where other series are looked for: website=https://…/nb/ rule-of-law=https://…/fz/"""
        others = [series.key for series in built_in_series() if series.key != MAIN]
        seen: set[str] = set()
        for part in self._text("columns").split():
            key, _, url = part.partition("=")
            if key not in others or key in seen or not url:
                choices = ", ".join(f"{other}=URL" for other in others)
                self._fault(
                    "columns", f"{quote(part)} 应为 {choices}，各一次", f"{quote(part)} is none of {choices}, once each"
                )
            elif self._checked("columns", url):
                yield key, url
            seen.add(key)


def _what_is_wrong(url: str) -> tuple[str, str] | None:
    """Why a URL is not one to start a crawl from, in Chinese and English."""
    if len(url) > MOST_URL:
        return "过长", "is too long"
    if re.search(r"[\s\\<>\"]", url) or not url.isprintable():
        return "含有空格或非法字符", "has spaces or forbidden characters in it"
    try:
        parts = urlsplit(url)
        port = parts.port
        host = parts.hostname
    except ValueError as error:
        return "格式有误", f"is malformed: {quote(str(error))}"
    if parts.scheme not in ("http", "https"):
        return "不是 http 或 https", "is not http or https"
    if parts.username is not None or parts.password is not None:
        return "含有用户名或密码", "carries credentials"
    if not host or host.strip(".") == "" or port == 0:
        return "没有主机名或端口有误", "has no host, or a wrong port"
    return None


def _check_ids(drafts: list[_Draft], faults: FaultList) -> None:
    first: dict[str, int] = {}
    for draft in drafts:
        if draft.id is None:
            continue
        if draft.id in first:
            line = first[draft.id]
            zh, en = f"{quote(draft.id)} 与第 {line} 行重复", f"{quote(draft.id)} stands on line {line} already"
            faults.add(draft.line("id"), "id", zh, en)
        else:
            first[draft.id] = draft.line("id")


def _check_parents(drafts: list[_Draft], known: Mapping[str, str | None], faults: FaultList) -> None:
    own = {draft.id: draft.parent for draft in reversed(drafts) if draft.id}  # of ids that stand twice, the first
    parents = {**known, **own}
    cyclic = set(_in_cycles(parents))
    for draft in drafts:
        _check_successor(draft, parents, faults)
        if draft.parent is None:
            continue
        if draft.parent not in parents:
            zh, en = f"上级 {quote(draft.parent)} 不存在", f"there is no organ {quote(draft.parent)}"
            faults.add(draft.line("parent"), "parent", zh, en)
        elif draft.id in cyclic:
            zh, en = f"{quote(draft.id)} 的上级关系成环", f"{quote(draft.id)} is above itself"
            faults.add(draft.line("parent"), "parent", zh, en)


def _check_successor(draft: _Draft, known: Mapping[str, str | None], faults: FaultList) -> None:
    if draft.successor is None:
        return
    if draft.successor not in known or draft.successor == draft.id:
        zh, en = f"承继机关 {quote(draft.successor)} 不存在", f"there is no other organ {quote(draft.successor)}"
        faults.add(draft.line("successor"), "successor", zh, en)


def _in_cycles(parents: Mapping[str, str | None]) -> Iterator[str]:
    """Every id that is its own ancestor; each id is walked once."""
    done: set[str] = set()
    for start in parents:
        path: list[str] = []
        on_path: set[str] = set()
        current: str | None = start
        while current is not None and current in parents and current not in done and current not in on_path:
            path.append(current)
            on_path.add(current)
            current = parents[current]
        if current is not None and current in on_path:
            yield from path[path.index(current) :]
        done.update(path)
