"""The ledger's tables as Parquet, for programs: columns by their keys, numbers as numbers. The extra `parquet`."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from importlib import import_module
from typing import Any

from alerts.errors import BadSettings
from alerts.facts import Table, Value


def as_parquet(table: Table) -> bytes:
    """One table as a Parquet file. Raises BadSettings when pyarrow is not installed."""
    arrow, write_table = _arrow()
    rows = list(zip(*table.rows, strict=True)) or [() for _ in table.columns]
    columns = {
        column.key: arrow.array(*_typed(arrow, values)) for column, values in zip(table.columns, rows, strict=True)
    }
    target = io.BytesIO()
    write_table(arrow.table(columns), target, compression="zstd")
    return target.getvalue()


def _arrow() -> tuple[Any, Any]:
    """pyarrow has 45 MB: only who wants Parquet has it."""
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet").write_table
    except ModuleNotFoundError as error:
        raise BadSettings("Parquet needs pyarrow: install nianbao[parquet], or take --format csv") from error


def _typed(arrow: Any, values: Sequence[Value]) -> tuple[list[Value], Any]:
    """One type a column: days, whole numbers, numbers; text as soon as one value is text (a cell that is no number)."""
    held = [value for value in values if value is not None]
    if all(isinstance(value, date) for value in held) and held:
        return list(values), arrow.date32()
    if all(isinstance(value, int) for value in held) and held:
        return list(values), arrow.int64()
    if all(isinstance(value, int | float | Decimal) for value in held) and held:
        return [None if value is None else float(value) for value in values], arrow.float64()  # type: ignore[arg-type]
    return [None if value is None else _text(value) for value in values], arrow.string()


def _text(value: object) -> str:
    return str(value).encode("utf-8", "replace").decode("utf-8")
