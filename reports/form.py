"""The prescribed forms as data: tables, rows, labels, sums. Says what a form wants, never what a document has."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, cached_property
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

FORMS = ("ogi-2021", "ogi-2019")

Kind = Literal["count", "money", "change"]


class FormError(Exception):
    """A form file says something that cannot be; the message names the file and every fault in it."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SectionSpec(_Strict):
    key: str
    label: str


class Column(_Strict):
    key: str
    label: str
    kind: Kind = "count"
    unit: str | None = None


class RowSpec(_Strict):
    key: str
    label: str
    group: str = ""
    aliases: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()  # empty: all of the table's


class TableSpec(_Strict):
    label: str
    columns: tuple[Column, ...]
    rows: tuple[RowSpec, ...]
    one_row: bool = False
    heads: tuple[str, ...] = ()  # words of its header beside the columns' labels

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)

    def keys(self, row: RowSpec) -> tuple[str, ...]:
        """The row's column keys, left to right."""
        return row.columns or tuple(column.key for column in self.columns)


class SumSpec(_Strict):
    code: str
    table: str
    every: Literal["row", "column"]
    left: tuple[str, ...]
    right: tuple[str, ...]


class Constraint(_Strict):
    """The cells of `left` add up to those of `right`."""

    code: str
    key: str  # the row or column it holds for
    left: tuple[str, ...]
    right: tuple[str, ...]


class Form(_Strict):
    form: str
    years: tuple[int, int | None]
    ground: str
    recognised_by: tuple[str, ...]
    sections: tuple[SectionSpec, ...]
    tables: dict[str, TableSpec]
    sums: tuple[SumSpec, ...]

    @model_validator(mode="after")
    def _names_exist(self) -> Form:
        faults = [*self._unknown_columns(), *self._unknown_parts()]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _unknown_columns(self) -> Iterator[str]:
        for name, table in self.tables.items():
            known = {column.key for column in table.columns}
            for row in table.rows:
                yield from (f"{name}.{row.key}: no column {key!r}" for key in row.columns if key not in known)

    def _unknown_parts(self) -> Iterator[str]:
        for spec in self.sums:
            table = self.tables.get(spec.table)
            if table is None:
                yield f"{spec.code}: no table {spec.table!r}"
                continue
            known = {item.key for item in (table.columns if spec.every == "row" else table.rows)}
            yield from (
                f"{spec.code}: no {spec.every} {key!r}" for key in (*spec.left, *spec.right) if key not in known
            )

    @cached_property
    def cell_names(self) -> tuple[str, ...]:
        """All cells, `table.row.column`, in the form's order."""
        return tuple(
            f"{name}.{row.key}.{key}"
            for name, table in self.tables.items()
            for row in table.rows
            for key in table.keys(row)
        )

    @cached_property
    def constraints(self) -> tuple[Constraint, ...]:
        return tuple(constraint for spec in self.sums for constraint in _constraints(spec, self.tables[spec.table]))

    def column_of(self, cell: str) -> Column:
        table, _, column = cell.split(".")
        return self.tables[table].column(column)

    def row_of(self, cell: str) -> RowSpec:
        table, row, _ = cell.split(".")
        return next(spec for spec in self.tables[table].rows if spec.key == row)

    def label_of(self, cell: str) -> str:
        """A cell's name for a Chinese reader: 「（三）不予公开 1.属于国家秘密」×「自然人」."""
        row, column = self.row_of(cell), self.column_of(cell)
        return f"「{(row.group + ' ' + row.label).strip()}」的「{column.label}」"


def _constraints(spec: SumSpec, table: TableSpec) -> Iterator[Constraint]:
    others = table.rows if spec.every == "row" else table.columns
    for other in others:

        def name(part: str, other: str = other.key) -> str:
            return f"{spec.table}.{other}.{part}" if spec.every == "row" else f"{spec.table}.{part}.{other}"

        yield Constraint(
            code=spec.code, key=other.key, left=tuple(map(name, spec.left)), right=tuple(map(name, spec.right))
        )


def _yaml(name: str) -> object:
    text = resources.files("reports").joinpath("forms", name).read_text(encoding="utf-8")
    return parse_yaml(text, name)


def parse_yaml(text: str, name: str) -> object:
    """Plain data from YAML; FormError with file and line on anything else."""
    try:
        return YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise FormError(f"{name}: {error}") from error


def parse_form(data: object, name: str) -> Form:
    """A form from plain data; FormError names all faults at once."""
    try:
        return Form.model_validate(data)
    except ValidationError as error:
        faults = [f"{name}: {'.'.join(map(str, e['loc'])) or 'form'}: {e['msg']}" for e in error.errors()]
        raise FormError("\n".join(faults)) from error


@cache
def load_form(key: str) -> Form:
    """A built-in form by its key, `ogi-2021` or `ogi-2019`."""
    return parse_form(_yaml(f"{key}.yaml"), f"{key}.yaml")


class Citation(_Strict):
    """A ground that reports cite, with the numbers that are right for it."""

    names: tuple[str, ...]
    kind: Literal["order", "notice"]
    issuer: str = ""
    numbers: tuple[str, ...]
    superseded: dict[str, int]
    title_zh: str
    right_zh: str


@cache
def citations() -> tuple[Citation, ...]:
    data = _yaml("citations.yaml")
    if not isinstance(data, list):
        raise FormError("citations.yaml: a list is wanted")
    return tuple(Citation.model_validate(item) for item in data)


class FindingName(_Strict):
    zh: str
    en: str


@cache
def finding_names() -> dict[str, FindingName]:
    """What each finding code is called, in both languages."""
    data = _yaml("findings.yaml")
    if not isinstance(data, dict):
        raise FormError("findings.yaml: a mapping is wanted")
    return {str(code): FindingName.model_validate(names) for code, names in data.items()}
