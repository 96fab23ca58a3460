"""`nianbao check`: reads and checks documents, without archive or database."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from crawler.cli.options import format_option
from crawler.reading import File, Reader, Result
from reports import load, to_json


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@format_option
def check(paths: tuple[Path, ...], format_: str) -> None:
    """Read reports from PATHS (`-` is standard input) and say what is wrong in them.

    Exit status: 0 sound, 1 findings of severity error, 2 a document that cannot be read.

    \b
    Example:
      nianbao check report.pdf article.html --format jsonl
    """
    status = 0
    with Reader() as reader:
        for path in paths:
            result = _read(reader, path)
            if result.report is None:
                click.echo(f"nianbao: {path}: {result.state}: {result.detail}", err=True)
                status = 2
                continue
            told = to_json(load(result.report))
            click.echo(json.dumps(told, ensure_ascii=False) if format_ == "jsonl" else _in_words(told))
            if any(finding["severity"] == "error" for finding in told["findings"]):
                status = max(status, 1)
    sys.exit(status)


def _read(reader: Reader, path: Path) -> Result:
    try:
        data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        return Result("unreadable", error.strerror or str(error))
    return reader.read(File(str(path), None, data))


def _in_words(told: dict[str, Any]) -> str:
    filled = sum(1 for value in told["cells"].values() if value is not None)
    lines = [
        f"{told['source']}: {told['organ']} {told['year']}, form {told['form']}, {filled} of {len(told['cells'])} cells"
    ]
    for finding in told["findings"]:
        cells = " ".join(finding["cells"])
        lines.append(f"  {finding['severity']:8} {finding['code']} {cells}\n           {finding['message']}")
        lines.append(f"           {finding['message_en']}")
    return "\n".join(lines)
