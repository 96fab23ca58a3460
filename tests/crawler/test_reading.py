"""Hostile documents: each ends in a state of its own, never in a crash or a hang, and the next one is read."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.cli import cli
from crawler.reading import LARGEST, File, Reader
from tools.corpus.make import make

HTML = make(40, 0, "html").data


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(seconds=30, memory=2 << 30) as one:
        yield one


def state(reader: Reader, data: bytes) -> str:
    found = reader.read(File("x", None, data)).state
    assert reader.read(File("y", None, HTML)).state == "read", "the reader reads on"
    return found


def package(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, part in parts.items():
            target.writestr(name, part)
    return out.getvalue()


WORD = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>%s</w:body></w:document>'


def pdf(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """A file of these objects with a true cross-reference table."""
    out = io.BytesIO(b"%PDF-1.7\n")
    out.seek(0, io.SEEK_END)
    places = []
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer<</Root 1 0 R/Size %d%s>>startxref\n%d\n%%%%EOF" % (len(objects) + 1, trailer, start))
    return out.getvalue()


def pages(count: int, content: bytes = b"") -> bytes:
    kids = b" ".join(b"%d 0 R" % (at + 4) for at in range(count))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 3 0 R>>"
    packed = zlib.compress(content, 9)
    stream = b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed)
    root = b"<</Type/Catalog/Pages 2 0 R>>"
    return pdf([root, b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids), stream, *[page] * count])


def test_a_zip_bomb_is_too_large(reader: Reader) -> None:
    bomb = package({"word/document.xml": WORD % (b" " * (150 << 20)), "[Content_Types].xml": b"<Types/>"})
    assert state(reader, bomb) == "too_large"


def test_entities_are_refused(reader: Reader) -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>' + WORD % b"&b;"
    assert state(reader, package({"word/document.xml": laughs})) == "broken"


def test_a_pdf_of_ten_thousand_pages_is_too_large(reader: Reader) -> None:
    assert state(reader, pages(10_000)) == "too_large"


def test_a_pdf_whose_page_unpacks_to_hundreds_of_megabytes_ends(reader: Reader) -> None:
    assert state(reader, pages(1, b"0 0 m 9 9 l S\n" * (3 << 20))) in ("empty", "broken", "too_large", "too_long")


def test_a_broken_cross_reference_is_mended_or_told(reader: Reader) -> None:
    data = make(40, 0, "pdf").data
    assert state(reader, data.replace(b"xref", b"xrxf")) in ("read", "broken")
    assert state(reader, data[: len(data) // 2]) in ("read", "broken", "empty")


def test_an_encrypted_pdf_is_told(reader: Reader) -> None:
    lock = b"<</Filter/Standard/V 1/R 2/O(%s)/U(%s)/P -4>>" % (b"o" * 32, b"u" * 32)
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 0/Kids[]>>", lock]
    trailer = b"/Encrypt 3 0 R/ID[(0123456789abcdef)(0123456789abcdef)]"
    assert state(reader, pdf(objects, trailer)) == "encrypted"


def test_a_locked_package_is_told(reader: Reader) -> None:
    data = bytearray(package({"word/document.xml": WORD % b""}))
    data[data.find(b"PK\x01\x02") + 8] |= 1
    assert state(reader, bytes(data)) == "encrypted"


def test_a_file_that_is_too_long_for_us_is_not_sent_to_the_worker(reader: Reader) -> None:
    assert reader.read(File("x", None, bytes(LARGEST + 1))).state == "too_large"


def test_a_page_that_nests_without_end_is_read(reader: Reader) -> None:
    assert state(reader, b"<html><body>" + b"<div>" * 200_000 + "文字".encode()) in ("read", "broken", "empty")


def test_spans_beyond_reason_do_not_fill_the_memory(reader: Reader) -> None:
    row = b"<tr>" + b'<td rowspan="65000" colspan="9999">1</td>' * 50 + b"</tr>"
    assert state(reader, b"<html><body><table>" + row * 400 + b"</table></body></html>") in ("read", "too_large")


def test_a_million_digits_in_a_cell_are_no_number(reader: Reader) -> None:
    page = HTML.decode("utf-8", "ignore").replace("<td>0</td>", f"<td>{'9' * 100_000}</td>", 1)
    assert state(reader, page.encode()) == "read"


def test_a_worker_that_takes_too_long_is_ended_and_replaced() -> None:
    with Reader(seconds=0.001) as reader:
        assert reader.read(File("x", None, HTML)).state == "too_long"
    with Reader(seconds=30) as reader:
        assert reader.read(File("x", None, HTML)).state == "read"


def test_a_folder_is_checked_to_its_end_and_again_without_reading_twice(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.html").write_bytes(make(41, number, "html").data)
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    output = tmp_path / "out.jsonl"
    first = CliRunner().invoke(cli, ["check", str(folder), "--output", str(output)])
    lines = output.read_text(encoding="utf-8").splitlines()
    assert first.exit_code == 2
    assert [Path(json.loads(line)["source"]).name for line in lines] == ["0.html", "1.html", "2.html", "broken.pdf"]
    output.write_text("\n".join(lines[:2]) + "\n" + lines[2][:40], encoding="utf-8")  # killed while writing
    again = CliRunner().invoke(cli, ["check", str(folder), "--output", str(output)])
    assert again.exit_code == 2
    assert output.read_text(encoding="utf-8").splitlines() == lines
