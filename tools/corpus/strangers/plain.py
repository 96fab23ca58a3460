# ruff: noqa: E501 -- mark-up and styles stay on one line
"""Text as it comes out of pages and PDFs: a line a cell, tabs between cells, and what pdftotext makes of a print."""

from __future__ import annotations

import subprocess
from random import Random

from reports.fold import squeeze
from tools.corpus.strangers.layout import Part, matrix


def a_line_a_cell(rng: Random, given: list[Part], blanks: bool) -> tuple[bytes, str]:
    """As a page's text is saved with every cell on its own line, a merged cell's other places empty. `blanks`: some cell
    is, which only a line with its tab shows."""
    lead, lines = "\t" if blanks else rng.choice(["\t", "\t", " ", ""]), []
    for part in given:
        if part.kind != "table":
            lines += [rng.choice(["", " "]) + part.text] + ([""] if rng.random() < 0.4 else [])
            continue
        lines.append("")
        for row in matrix(part.rows):
            for place, before in zip(row, [None, *row[:-1]], strict=True):
                if place and place[1]:
                    text = place[0].text
                    if place[0].head and len(text) == 4 and rng.random() < 0.3:
                        text = text[:2] + rng.choice(["\n", "\n\n"]) + text[2:]
                    lines.append(lead + text)
                elif place and (not before or before[0] is not place[0]):
                    lines.append(lead)  # only a cell merged downwards leaves its place
            lines.append("")
        lines += [""] * rng.randint(0, 3)
    return "\n".join(lines).encode(), f"lead{lead!r}"


def tabbed(rng: Random, given: list[Part], scar: bool) -> tuple[bytes, str, dict[str, str]]:
    """As a PDF's tables are saved: a row a line, tabs between; pages end in it. With `scar` it has lost something."""
    lines: list[str] = []
    scars: dict[str, str] = {}
    loose = rng.random() < 0.5
    pages = rng.random() < 0.6
    mark = rng.choice(["- {} -", "{}", "— {} —", "", "第{}页"])
    page = 1
    for part in given:
        if part.kind != "table":
            text = part.text
            if part.kind == "p" and pages and len(text) > 60 and rng.random() < 0.15:
                at = rng.randint(20, len(text) - 20)
                lines += [text[:at], "", text[at:], ""]
            else:
                lines += [text, ""]
            continue
        chosen = _scarred(rng, part) if scar and not scars else -1
        for at, row in enumerate(matrix(part.rows)):
            cells = [place[0].text if place and place[1] else "" for place in row]
            names = [place[0].name for place in row if place and place[1] and place[0].name]
            if part.key == "proactive_disclosure":
                cells = [cell for cell, place in zip(cells, row, strict=True) if not place or place[1]]
            if at == chosen:
                cells, kind = _hurt(rng, cells, names)
                scars |= dict.fromkeys((name for name in names), kind)
            if loose and at >= part.heads:
                cells = _loosen(rng, cells)
            if pages and at > 2 and rng.random() < 0.06:
                lines += ["", mark.format(page), ""] if mark and rng.random() < 0.5 else ["", ""]
                page += 1
                lines += _cut_label(rng, cells)
                continue
            lines.append("\t".join(cells) + "\t" * rng.choice([0, 0, 0, 1, 2]))
        lines.append("")
    return (
        "\n".join(lines).encode(),
        f"{'loose ' if loose else ''}{'pages ' if pages else ''}{sorted(set(scars.values()))}",
        scars,
    )


def _loosen(rng: Random, cells: list[str]) -> list[str]:
    """The empty places before a label come and go."""
    lead = next((at for at, cell in enumerate(cells) if cell), 0)
    if lead and rng.random() < 0.4:
        return cells[rng.randint(1, lead) :]
    return ["", *cells] if rng.random() < 0.1 else cells


def _cut_label(rng: Random, cells: list[str]) -> list[str]:
    """A page ends within a row: its label goes on below, with no values."""
    at = next((n for n, cell in enumerate(cells) if len(cell) > 12), None)
    if at is None or rng.random() < 0.5:
        return ["\t".join(cells)]
    cut = rng.randint(6, len(cells[at]) - 4)
    first = [*cells[:at], cells[at][:cut], *cells[at + 1 :]]
    second = [""] * at + [cells[at][cut:]] + [""] * (len(cells) - at - 1)
    return ["\t".join(first), "", "\t".join(second)]


def _scarred(rng: Random, part: Part) -> int:
    rows = [at for at, row in enumerate(part.rows) if sum(box.name is not None for box in row) >= 7]
    return rng.choice(rows) if rows and rng.random() < 0.7 else -1


def _hurt(rng: Random, cells: list[str], names: list[str | None]) -> tuple[list[str], str]:
    first = len(cells) - len(names)
    kind = rng.choice(["lost", "added", "glued", "glued"])
    at = rng.randrange(first, len(cells))
    if kind == "lost":
        return cells[:at] + cells[at + 1 :], "lost" if squeeze(cells[at]) == "0" else f"lost {names[at - first]}"
    if kind == "added":
        return [*cells[:at], "0" if squeeze(cells[at]) == "0" else "", *cells[at:]], "added"
    last = min(len(cells), at + rng.randint(2, 7))
    return [*cells[:at], "".join(cell.strip() for cell in cells[at:last]), *cells[last:]], "glued"


def extracted(data: bytes, layout: bool) -> bytes:
    """What pdftotext makes of a PDF."""
    command = ["pdftotext", *(["-layout"] if layout else []), "-", "-"]
    return subprocess.run(command, input=data, capture_output=True, check=True, timeout=60).stdout
