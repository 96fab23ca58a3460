"""Plain text as other people's extractors give it: of pages (tags stripped, pipes) and of printed files (lines of words)."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from random import Random

import lxml.html

from tools.corpus.thirds.grids import Grid
from tools.corpus.thirds.words import Document


def stripped(markup: str, rng: Random) -> str:
    """As BeautifulSoup's get_text("\\n"): one text node a line, with or without the blank ones."""
    root = lxml.html.fromstring(markup)
    for node in root.xpath("//script|//style|//title|//meta|//comment()"):
        node.drop_tree()
    if rng.random() < 0.6:
        return "\n".join(t.strip() for t in root.itertext() if t.strip())
    return "\n".join(root.itertext())


def piped(report: Document, rng: Random) -> str:
    """As html2text and its like write a page: tables as rows of pipes."""
    rule, ends = rng.random() < 0.7, rng.random() < 0.6
    out = [f"# {report.title}", *report.preface]
    for heading, blocks in report.sections:
        out.append(rng.choice(["## {}", "**{}**", "{}"]).format(heading))
        for block in blocks:
            if isinstance(block, str):
                out.append(block)
                continue
            how = rng.random()
            rows = [[c.text for c in row] for row in block.rows] if how < 0.4 else block.flat(repeat=how < 0.6)
            lines = [" | ".join(r) for r in rows]
            if ends:
                lines = [f"| {line} |" for line in lines]
            if rule:
                lines.insert(1, "|".join(["---"] * len(rows[0])))
            out.append("\n".join(lines))
    return "\n\n".join([*out, *report.signature])


def tabbed(report: Document, rng: Random) -> str:
    """As text copied out of a browser or a word processor: a row a line, cells parted by tabs."""
    out = [report.title, *report.preface]
    cells = rng.random() < 0.5
    for heading, blocks in report.sections:
        out.append(heading)
        for block in blocks:
            if isinstance(block, Grid):
                rows = [[c.text for c in row] for row in block.rows] if cells else block.flat()
                out.append("\n".join("\t".join(r) for r in rows))
            else:
                out.append(block)
    return rng.choice(["\n", "\n\n"]).join([*out, *report.signature])


def aligned(report: Document, rng: Random) -> str:
    """As a console shows it: columns filled up with blanks, labels of several lines broken over lines."""
    out = [report.title, *report.preface]
    for heading, blocks in report.sections:
        out.append(heading)
        for block in blocks:
            if isinstance(block, str):
                out.append(block)
                continue
            size = [
                max(6, round(w * (10 if block.width == 4 else 7 if block.width == 10 else 5))) for w in block.weights
            ]
            for row in block.filled():
                line, pad = "", 0
                for c, cell in enumerate(row):
                    pad += size[c]
                    text = cell.text if cell else ""
                    line += text
                    line += " " * max(1 if text else 0, pad - sum(2 if ord(x) > 255 else 1 for x in line))
                out.append(line.rstrip())
    return "\n".join([*out, *report.signature])


def printed(data: bytes, how: str) -> str:
    """What an extractor reads from a PDF; raises ImportError or FileNotFoundError where it is not installed."""
    if how == "plumber":
        import pdfplumber

        with pdfplumber.open(io.BytesIO(data)) as pdf:
            return "\n\n".join(page.extract_text() or "" for page in pdf.pages)
    if how == "plumber_rows":
        return _plumber_rows(data)
    if how == "pypdf":
        import pypdf  # type: ignore[import-not-found,unused-ignore]

        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    program = shutil.which("pdftotext")
    if program is None:
        raise FileNotFoundError("pdftotext")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "in.pdf"
        source.write_bytes(data)
        options = ["-layout"] if how == "layout" else []
        return subprocess.run(
            [program, *options, "-enc", "UTF-8", str(source), "-"], check=True, capture_output=True, timeout=60
        ).stdout.decode()


def _plumber_rows(data: bytes) -> str:
    """Text outside of tables and tab-parted rows within, page by page, as data sets of such reports are made."""
    import pdfplumber

    out: list[str] = []
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        for page in pdf.pages:
            found = sorted(page.find_tables(), key=lambda t: t.bbox[1])
            top = 0.0
            for one in found:
                if one.bbox[1] > top:
                    out.append(page.crop((0, top, page.width, one.bbox[1])).extract_text() or "")
                out += ["\t".join(re.sub(r"\s+", " ", c or "") for c in row) for row in one.extract()]
                top = one.bbox[3]
            if top < page.height:
                out.append(page.crop((0, top, page.width, page.height)).extract_text() or "")
    return "\n".join(out)
