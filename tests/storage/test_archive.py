"""Reading captures back, also where bytes, codings or the index are not as they should be."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from storage import http
from storage.archive import Archive
from storage.errors import ArchiveDamaged, ArchiveError, PayloadTooLarge
from storage.records import Capture, Rendering
from storage.warc import WarcWriter
from tests.storage.make import NOON, URL, day, exchange, not_modified, visit


def scanned(archive: Archive) -> dict[str, Capture]:
    found = [record.capture for file in archive.files() for record in archive.scan(file)]
    return {capture.id: capture for capture in found if capture is not None}


def test_what_a_scan_finds_is_what_the_writer_returned(folder: Path, writer: WarcWriter) -> None:
    head = b'HTTP/1.1 200 OK\r\nContent-Type: Text/HTML;charset="GBK"\r\nLast-Modified: yesterday\r\n\r\n'
    first = writer.exchange(exchange())
    written = [
        first,
        writer.exchange(exchange("http://例子.cn/年报", head=head, body="年报".encode("gbk"), ip=None)),
        writer.exchange(exchange(at=day(1)), first),
        writer.exchange(not_modified(day(2)), first),
        writer.exchange(exchange(head=b"garbage", body=b"")),
        writer.exchange(exchange(at=day(3), truncated="time", ip="::1")),
        *writer.rendering(Rendering(URL, NOON, b"<p>", b"png"), first),
    ]
    writer.visit(visit("v1"))
    writer.close()
    archive = Archive(folder)
    assert scanned(archive) == {capture.id: capture for capture in written}
    assert [record.visit for record in archive.scan(first.file) if record.visit] == [visit("v1")]
    assert (written[1].media_type, written[1].last_modified, written[1].status) == ("text/html", "yesterday", 200)
    assert written[4].status is None


def test_a_scan_can_begin_where_the_last_one_ended(folder: Path, writer: WarcWriter) -> None:
    capture = writer.exchange(exchange())
    writer.close()
    every = list(Archive(folder).scan(capture.file))
    assert list(Archive(folder).scan(capture.file, every[1].end)) == every[2:]
    assert list(Archive(folder).scan(capture.file, every[-1].end)) == []


def test_a_revisit_gives_its_own_head_and_the_body_of_its_original(folder: Path, writer: WarcWriter) -> None:
    first = writer.exchange(exchange())
    same, unchanged = writer.exchange(exchange(at=day(1)), first), writer.exchange(not_modified(day(2)), first)
    writer.close()
    archive = Archive(folder, scanned(Archive(folder)).get)
    assert archive.payload(same).body == archive.payload(unchanged).body == b"<h1>2025</h1>"
    assert archive.payload(unchanged).head.startswith(b"HTTP/1.1 304")
    assert archive.payload(unchanged).media_type == "text/html"
    with pytest.raises(ArchiveError, match="not in the index"):
        Archive(folder).payload(same)


def test_a_bomb_is_refused_at_the_limit_and_not_after_it(folder: Path, writer: WarcWriter) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    for coding, body in ((b"gzip", bomb), (b"gzip, gzip", gzip.compress(bomb)), (b"identity", b"x" * 2_000_000)):
        capture = writer.exchange(
            exchange(head=b"HTTP/1.1 200 OK\r\nContent-Encoding: " + coding + b"\r\n\r\n", body=body)
        )
        writer.sync()
        with pytest.raises(PayloadTooLarge):
            Archive(folder).payload(capture, limit=1_000_000)


@pytest.mark.parametrize(("coding", "body", "expected"), [
    (b"gzip", gzip.compress(b"report" * 1000, mtime=0)[:-20], b"rep"),
    (b"gzip", b"\x1f\x8b not gzip at all", b"\x1f\x8b not"),
    (b"compress", b"old", b"old"),
    (b"br", b"\xff\xff\xff not brotli", b"\xff\xff\xff not"),
    (b"zstd", b"\x28\xb5\x2f\xfd not zstd", b"\x28\xb5\x2f\xfd"),
])  # fmt: skip
def test_a_coding_that_cannot_be_undone_gives_what_there_is_and_says_so(
    folder: Path, writer: WarcWriter, coding: bytes, body: bytes, expected: bytes
) -> None:
    capture = writer.exchange(exchange(head=b"HTTP/1.1 200 OK\r\nContent-Encoding: " + coding + b"\r\n\r\n", body=body))
    writer.sync()
    payload = Archive(folder).payload(capture)
    assert not payload.whole
    assert payload.body.startswith(expected)


def test_a_body_said_to_be_gzip_that_is_plain_is_read_as_it_is(folder: Path, writer: WarcWriter) -> None:
    capture = writer.exchange(exchange(head=b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", body=b"<html>"))
    writer.sync()
    assert Archive(folder).payload(capture).body == b"<html>"


@pytest.mark.parametrize(("body", "expected"), [
    (b"5\r\nhello\r\n0\r\n\r\n", b"hello"),
    (b"5;x=1\nhello\n0\n\n", b"hello"),
    (b"5\r\nhel", b"hel"),
    (b"<html>", b"<html>"),
    (b"2024 report", b"2024 report"),
    (b"ad\n" + b"x" * 300, b"ad\n" + b"x" * 300),
    (b"0\r\n\r\n", b""),
    (b"", b""),
])  # fmt: skip
def test_chunks_are_joined_and_what_only_claims_to_be_chunked_is_left(body: bytes, expected: bytes) -> None:
    head = http.parse_head(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n")
    assert http.entity(head, body) == expected


def test_a_flipped_bit_is_told_with_file_and_offset_and_hides_nothing_else(folder: Path, writer: WarcWriter) -> None:
    captures = [writer.exchange(exchange(at=day(number))) for number in range(3)]
    writer.close()
    path = folder / captures[0].file
    data = bytearray(path.read_bytes())
    data[captures[1].offset + 100] ^= 1
    path.write_bytes(data)
    archive = Archive(folder)
    assert set(scanned(archive)) == {captures[0].id, captures[2].id}
    [damaged] = [record for record in archive.scan(path.name) if record.kind == "damaged"]
    assert damaged.start == captures[1].offset
    with pytest.raises(ArchiveDamaged, match=f"{path.name}, offset {captures[1].offset}"):
        archive.payload(captures[1])


def test_a_capture_that_lies_elsewhere_than_the_index_says_is_damage(folder: Path, writer: WarcWriter) -> None:
    first, second = writer.exchange(exchange()), writer.exchange(exchange(at=day(1)))
    writer.close()
    moved = Capture(**{name: getattr(first, name) for name in Capture.__slots__} | {"offset": second.offset})
    with pytest.raises(ArchiveDamaged, match="another record"):
        Archive(folder).payload(moved)


def test_a_file_that_is_gone_is_said_plainly(folder: Path, writer: WarcWriter) -> None:
    capture = writer.exchange(exchange())
    writer.close()
    (folder / capture.file).unlink()
    with pytest.raises(ArchiveError, match="was the archive moved"):
        Archive(folder).payload(capture)
    assert Archive(folder / "nowhere").files() == []
    with pytest.raises(ArchiveError, match="not a file of the archive"):
        Archive(folder).path("../../etc/passwd.warc.gz")


def test_a_living_writers_file_is_not_healed(folder: Path, writer: WarcWriter, new_id: Callable[[], str]) -> None:
    capture = writer.exchange(exchange())
    with (folder / capture.file).open("ab") as stream:
        stream.write(b"\x1f\x8b\x08 half a record")
    assert Archive(folder).heal(capture.file) == 0
    writer.close()
    assert Archive(folder).heal(capture.file) == 0  # this tail is garbage, not a torn record: it is evidence of damage
