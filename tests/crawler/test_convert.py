"""DOC, WPS and RTF: read by way of LibreOffice where it is, `not_readable_here` where it is not."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from crawler import convert, reading
from crawler.reading import File, Reader
from reports import load
from reports.kinds import detect
from tools.corpus.make import make

FILTERS = {"doc": "doc:MS Word 97", "rtf": "rtf"}
SAMPLE = make(61, 1, "docx")

installed = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


def as_word_saves(folder: Path, kind: str) -> bytes:
    """The sample as another kind of file."""
    (folder / "a.docx").write_bytes(SAMPLE.data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", FILTERS[kind], "--outdir", str(folder)]
    subprocess.run([*command, str(folder / "a.docx")], check=True, capture_output=True)
    return (folder / f"a.{kind}").read_bytes()


@installed
@pytest.mark.parametrize("kind", sorted(FILTERS))
def test_every_cell_of_a_letter_comes_through_and_the_odd_is_doubtful(tmp_path: Path, kind: str) -> None:
    data = as_word_saves(tmp_path, kind)
    assert detect(data) == kind
    with Reader() as reader:
        result = reader.read(File(f"a.{kind}", None, data))
        assert result.report is not None, result.detail
        report = load(result.report)
        assert {name: cell.value for name, cell in report.cells.items()} == SAMPLE.truth
        if kind == "doc":
            assert reader.read(File("locked.doc", None, locked(data))).state == "encrypted"


def locked(data: bytes) -> bytes:
    """The same with the flag that says so, in the head of its main stream: [MS-DOC] 2.5.2."""
    start = data.index(b"\xec\xa5", 512)
    return data[: start + 11] + bytes([data[start + 11] | 1]) + data[start + 12 :]


@pytest.mark.parametrize(
    "data", [b"{\\rtf1 text}", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le")]
)
def test_where_libreoffice_is_missing_that_is_said(
    data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(convert, "PROGRAMS", convert.PROGRAMS[:2])
    answer = reading._read(File("a", None, data))
    assert answer["state"] == "not_readable_here"
    assert "LibreOffice" in answer["detail"]


@installed
def test_what_libreoffice_makes_nothing_of_is_broken() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le")
    with Reader() as reader:
        assert reader.read(File("a.doc", None, data)).state == "broken"
