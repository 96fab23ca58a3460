"""Hostile documents: each ends in a state of its own, never in a crash or a hang, and the next one is read."""

from __future__ import annotations

import gzip
import io
import json
import os
import signal
import struct
import subprocess
import sys
import threading
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner

from crawler.cli import cli
from crawler.reading import LARGEST, File, NoReader, Reader
from tools.corpus.make import make
from tools.fuzz import KINDS, MEMORY, SECONDS, campaign

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


def test_a_pdf_whose_page_unpacks_to_hundreds_of_thousands_of_objects_is_too_large(reader: Reader) -> None:
    assert state(reader, pages(1, b"0 0 m 9 9 l S\n" * (1 << 18))) == "too_large"


def test_a_picture_bomb_is_too_large(reader: Reader) -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1 << 20)))
    assert state(reader, bomb) == "too_large"


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def test_gzip_is_not_unpacked(reader: Reader) -> None:
    assert state(reader, gzip.compress(bytes(50 << 20))) == "unsupported"


def test_a_zip_in_a_zip_is_not_opened(reader: Reader) -> None:
    assert state(reader, package({"a.zip": package({"b.html": HTML})})) == "unsupported"


def test_text_and_pages_without_end_are_too_large(reader: Reader) -> None:
    assert state(reader, b"1 2 3\n" * (2 << 20)) == "too_large"
    assert state(reader, b"<html><p>1 2 3\n" * (3 << 20)) == "too_large"


def test_macros_and_scripts_are_left_lying(reader: Reader, tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    paragraph = "<w:p><w:r><w:t>年度报告</w:t></w:r></w:p>".encode()
    macro = f'Sub AutoOpen()\nOpen "{trace}" For Output As #1\nEnd Sub'.encode()
    assert state(reader, package({"word/document.xml": WORD % paragraph, "word/vbaProject.bin": macro})) == "read"
    script = b"<</S/JavaScript/JS(app.launchURL\\('file:///x'\\))>>"
    root = b"<</Type/Catalog/Pages 2 0 R/OpenAction %s/Names<</JavaScript<</Names[(a) %s]>>>>>>" % (script, script)
    text = b"BT /F1 12 Tf 20 200 Td (a report of more than twenty characters) Tj ET"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
    stream = b"<</Length %d>>stream\n%s\nendstream" % (len(text), text)
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    assert state(reader, pdf([root, b"<</Type/Pages/Count 1/Kids[3 0 R]>>", page, stream, font])) == "read"
    assert not trace.exists()


def test_a_font_without_height_breaks_nothing(reader: Reader) -> None:
    text = b"BT /F1 0 Tf 20 200 Td (1 2 3 4 5 6 7 8 9 10 11 12 13 14) Tj 0 -9 Td (1 2 3 4 5 6 7 8 9 10 11 12) Tj ET"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
    stream = b"<</Length %d>>stream\n%s\nendstream" % (len(text), text)
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    kids = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>", page, stream, font]
    assert state(reader, pdf(kids)) in ("read", "empty")


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


def test_an_office_document_under_a_password_is_told(reader: Reader) -> None:
    """Word wraps a locked DOCX in the container of old DOC files."""
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(64)
    assert state(reader, data) == "encrypted"


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


def test_a_file_over_which_somebody_else_killed_the_worker_is_read_all_the_same() -> None:
    with Reader() as reader:
        assert reader.read(File("x", None, HTML)).state == "read"
        assert reader._worker is not None and reader._worker.pid is not None
        os.kill(reader._worker.pid, signal.SIGKILL)
        assert reader.read(File("x", None, HTML)).state == "read"


def test_a_worker_that_somebody_killed_before_it_was_up_is_started_again() -> None:
    def kill_the_first() -> None:
        while not (young := {child.pid for child in psutil.Process().children()} - before):
            time.sleep(0.001)
        os.kill(young.pop(), signal.SIGKILL)

    with Reader() as other:
        other.read(File("x", None, HTML))  # Python's own tracker of resources is up from here on
        before = {child.pid for child in psutil.Process().children()}
        killer = threading.Thread(target=kill_the_first)
        killer.start()
        with Reader() as reader:
            assert reader.read(File("x", None, HTML)).state == "read"
        killer.join()


def test_a_worker_that_cannot_start_is_no_fault_of_the_document() -> None:
    with Reader(memory=16 << 20) as reader, pytest.raises(NoReader):
        reader.read(File("x", None, HTML))


def test_a_worker_does_not_outlive_a_parent_that_was_killed() -> None:
    code = (
        "import os, signal\nfrom crawler.reading import File, Reader\n"
        "if __name__ == '__main__':\n"
        "    reader = Reader()\n    reader.read(File('x', None, b'<html><p>1</p></html>'))\n"
        "    print(reader._worker.pid, flush=True)\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=False)
    worker = psutil.Process(int(done.stdout)) if psutil.pid_exists(int(done.stdout)) else None
    if worker is not None and worker.status() != psutil.STATUS_ZOMBIE:
        worker.wait(60)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_damaged_documents_end_in_a_report_or_a_state(reader: Reader, kind: str) -> None:
    done = campaign(reader, kind, seed=5, most=10)
    assert [what for what, _ in done.finds] == []
    assert done.states.total() == 10


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_damaged_documents_by_the_thousand(kind: str) -> None:
    with Reader(seconds=SECONDS, memory=MEMORY) as reader:
        done = campaign(reader, kind, seed=6, seconds=120)
    assert [what for what, _ in done.finds] == []


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
    told = sorted(Path(json.loads(line)["source"]).name for line in lines)  # as they are done
    assert told == ["0.html", "1.html", "2.html", "broken.pdf"]
    output.write_text("\n".join(lines[:2]) + "\n" + lines[2][:40], encoding="utf-8")  # killed while writing
    again = CliRunner().invoke(cli, ["check", str(folder), "--output", str(output)])
    assert again.exit_code == 2
    after = output.read_text(encoding="utf-8").splitlines()
    assert after[:2] == lines[:2] and sorted(after) == sorted(lines)
