"""Kinds of documents: told by their content, read where they can be, refused in plain words where not."""

from __future__ import annotations

import io
import zipfile
from random import Random

import pytest

from reports import Unreadable, read_report
from reports.form import load_form
from reports.kinds import detect
from tools.corpus.layout import blocks
from tools.corpus.make import make
from tools.corpus.prose import write_prose
from tools.corpus.spec import Spec, make_spec
from tools.corpus.write_xls import write_xls


def sound() -> Spec:
    rng = Random(3)
    spec = make_spec(rng, load_form("ogi-2021"))
    write_prose(rng, spec)
    return spec


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


def test_a_file_without_a_name_in_a_zip_is_no_reason_to_fall() -> None:
    out = io.BytesIO()
    package = zipfile.ZipFile(out, "w")
    package.writestr("a.txt", "x")
    package.infolist()[0].filename = ""  # in the directory; the file itself still has its name
    package.close()
    with pytest.raises(Unreadable, match="differ") as caught:
        read_report(out.getvalue(), source="a.zip")
    assert caught.value.state == "broken"


def test_a_letter_that_lies_unpacked_in_a_zip_does_not_make_it_one() -> None:
    sample = make(50, 1, "zip")
    assert detect(sample.data) == "zip"
    report = read_report(sample.data, source="a.zip")
    assert {name: cell.value for name, cell in report.cells.items()} == sample.truth


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
