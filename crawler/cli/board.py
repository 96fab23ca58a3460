"""The board in a terminal: one line an obligation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from portals.model import Organ
from portals.moments import SHANGHAI
from storage.records import Assessment

_STYLE = {
    "pending": "dim",
    "on_time": "green",
    "late": "yellow",
    "missing": "bold red",
    "unknown": "magenta",
    "exempt": "dim",
}
_MARKS = ("withdrawn", "revised", "backdated")
_LEVELS = ("province", "city", "county", "township")


def console_for() -> Console:
    """Standard output: as wide as the terminal, and wide enough for the board where there is none."""
    console = Console()
    return console if console.is_terminal else Console(width=130)


def board_table(assessments: Sequence[Assessment], organs: Mapping[str, Organ], moment: datetime) -> Table:
    """A rich table: organ, due, status, published, findings."""
    table = Table(title=f"as of {moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M} (Asia/Shanghai)", title_justify="left")
    for heading in ("organ 机关", "level", "due 应公开", "status 状态", "published 公开日期", "findings 问题"):
        table.add_column(heading, overflow="fold")
    for item in sorted(assessments, key=lambda item: _place(organs.get(item.organ), item.organ)):
        organ = organs.get(item.organ)
        table.add_row(
            organ.name if organ else item.organ,
            f"{organ.level} {organ.kind}" if organ and organ.kind != organ.level else organ.level if organ else "",
            item.due_notice.isoformat(),
            _status(item),
            item.published.isoformat() if item.published else "—",
            _findings(item),
        )
    return table


def _place(organ: Organ | None, identity: str) -> tuple[int, str, str]:
    if organ is None:
        return (len(_LEVELS), "", identity)
    return (_LEVELS.index(organ.level), organ.region, organ.id)


def _status(item: Assessment) -> Text:
    text = Text(item.status.value, style=_STYLE[item.status.value])
    if item.late_by:
        text.append(f" by {item.late_by}")
    if item.cause:
        text.append(f": {item.cause}")
    for mark in _MARKS:
        if getattr(item, mark):
            text.append(f" +{mark}", style="cyan")
    return text


def _findings(item: Assessment) -> Text:
    counts = [(key, item.findings.get(key, 0)) for key in ("error", "warning", "doubtful")]
    parts = [f"{count} {key}" for key, count in counts if count]
    return Text(", ".join(parts), style="red" if item.findings.get("error") else "")
