"""True figures of a made-up organ: every sum of the form holds."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from reports.form import Form

Number = int | Decimal

_SCALES = [(0, 0), (2, 1), (15, 3), (90, 12), (900, 60), (6000, 300)]


def true_figures(rng: Random, form: Form) -> dict[str, Number]:
    cells: dict[str, Number] = dict.fromkeys(form.cell_names, 0)
    most, carried = rng.choices(_SCALES, weights=[15, 20, 30, 20, 12, 3])[0]
    _requests(rng, form, cells, most, carried)
    _challenges(rng, form, cells, rng.choice([0, 0, 3, 12, 60]) if most else 0)
    _proactive(rng, form, cells)
    return cells


def _share(rng: Random, total: int, keys: list[str], weights: list[float]) -> dict[str, int]:
    counts = dict.fromkeys(keys, 0)
    for key in rng.choices(keys, weights=weights, k=total):
        counts[key] += 1
    return counts


def _requests(rng: Random, form: Form, cells: dict[str, Number], most: int, carried: int) -> None:
    table = form.tables["requests"]
    outcomes = [row.key for row in table.rows if row.key not in ("new", "carried_in", "handled", "carried_out")]
    weights = [rng.choice([0.0, 0.3, 1.0, 4.0]) for _ in outcomes]
    weights[0] += 5.0
    applicants = [column.key for column in table.columns if column.key != "total"]
    new, old = rng.randint(0, most), rng.randint(0, carried)
    spread = [20.0, 3.0, rng.choice([0, 0, 0.5]), rng.choice([0, 0.3]), rng.choice([0, 0.6]), rng.choice([0, 1.0])]
    by_new, by_old = _share(rng, new, applicants, spread), _share(rng, old, applicants, spread)
    for column in applicants:
        due = by_new[column] + by_old[column]
        left = rng.randint(0, min(due, carried))
        cells[f"requests.new.{column}"] = by_new[column]
        cells[f"requests.carried_in.{column}"] = by_old[column]
        cells[f"requests.handled.{column}"] = due - left
        cells[f"requests.carried_out.{column}"] = left
        for row, count in _share(rng, due - left, outcomes, weights).items():
            cells[f"requests.{row}.{column}"] = count
    for spec in table.rows:
        cells[f"requests.{spec.key}.total"] = sum(cells[f"requests.{spec.key}.{column}"] for column in applicants)


def _challenges(rng: Random, form: Form, cells: dict[str, Number], most: int) -> None:
    for row in form.tables["challenges"].rows:
        parts = [rng.randint(0, most) if rng.random() < 0.6 else 0 for _ in range(4)]
        for key, value in zip(["upheld", "corrected", "other", "pending", "total"], [*parts, sum(parts)], strict=True):
            cells[f"challenges.{row.key}.{key}"] = value


def _proactive(rng: Random, form: Form, cells: dict[str, Number]) -> None:
    for name in form.cell_names:
        table, row, column = name.split(".")
        if table != "proactive_disclosure" or row == "regulations":
            continue
        kind = form.column_of(name).kind
        if kind == "money":
            options: list[Number] = [0, Decimal(rng.randint(1, 9_999_999)) / 100, Decimal(rng.randint(1, 9999)) / 10]
            cells[name] = rng.choice(options)
        elif kind == "change":
            cells[name] = rng.randint(-9, 40)
        elif column == "decisions":
            cells[name] = rng.choice([0, rng.randint(1, 90), rng.randint(100, 9999), rng.randint(10_000, 2_000_000)])
        else:
            cells[name] = rng.choice([0, rng.randint(0, 9), rng.randint(10, 400)])
