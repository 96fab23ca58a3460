"""Kinds of documents: told by their content, read where they can be, refused in plain words where not."""

from __future__ import annotations

import io
import zipfile
from random import Random

import pytest
import xlwt

from reports import Unreadable, read_report
from reports.form import load_form
from reports.kinds import detect
from tools.corpus.layout import Block, blocks
from tools.corpus.make import make
from tools.corpus.prose import write_prose
from tools.corpus.spec import Spec, make_spec


def sound() -> Spec:
    rng = Random(3)
    spec = make_spec(rng, load_form("ogi-2021"))
    write_prose(rng, spec)
    return spec


def write_xls(parts: list[Block]) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("报告")
    r = 0
    for block in parts:
        if block.grid is None:
            sheet.write_merge(r, r, 0, 9, block.text)
            r += 1
            continue
        for cell in block.grid.cells:
            value = float(cell.text) if cell.value and cell.text.replace(".", "").isdigit() else cell.text
            top, left = r + cell.row, cell.column
            sheet.write_merge(top, top + cell.rows - 1, left, left + cell.columns - 1, value)
        r += block.grid.height
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_an_old_workbook_is_read_with_its_merged_cells() -> None:
    spec = sound()
    report = read_report(write_xls(list(blocks(spec))), source="x.xls")
    assert {name: cell.value for name, cell in report.cells.items()} == spec.truth()
    assert report.findings == ()


def test_the_report_in_a_zip_is_found_under_its_gbk_name() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("readme.txt", "说明")
        info = zipfile.ZipInfo("年报.html".encode("gbk").decode("cp437"))
        package.writestr(info, make(50, 0, "html").data)
    report = read_report(out.getvalue(), source="a.zip")
    assert report.form is not None
    assert report.source == "a.zip"
    assert report.extra["member"].endswith(".html")


@pytest.mark.parametrize(
    ("data", "state"),
    [
        (b"", "empty"),
        (b"\x00" * 50, "empty"),
        (b"{\\rtf1 text}", "not_readable_here"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "WordDocument".encode("utf-16-le"), "not_readable_here"),
        (b"Rar!\x1a\x07\x00", "unsupported"),
        (b"\x1f\x8b\x08\x00" + b"\x00" * 20, "unsupported"),
        (b"\x7fELF\x02\x01\x01\x00" + b"\x00" * 20, "unsupported"),
        (b"PK\x03\x04 and nothing more", "broken"),
    ],
)
def test_what_cannot_be_read_says_in_which_way(data: bytes, state: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_report(data, source="x")
    assert refused.value.state == state


@pytest.mark.parametrize("format_", ["html", "docx", "xlsx", "pdf"])
def test_the_kind_is_told_by_content_whatever_the_server_claims(format_: str) -> None:
    assert detect(make(50, 1, format_).data, "text/plain") == format_
