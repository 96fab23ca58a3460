"""What the writer puts on disk, as warcio, which is not what wrote it, reads it back."""

from __future__ import annotations

import fcntl
import gzip
import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from storage.archive import Archive
from storage.errors import ArchiveError
from storage.prepared import digest_of
from storage.records import Capture, Exchange, Rendering
from storage.warc import WarcWriter
from tests.storage.make import NOON, URL, day, exchange, not_modified, visit, warcio_check

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/html\r\n\r\n"


def chunks(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (*parts, b""))


def records(folder: Path) -> list[tuple[Any, bytes]]:
    """(WARC headers, block) of every record, read by warcio."""
    found = []
    for path in sorted(folder.glob("*.warc.gz")):
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, no_record_parse=True):
                found.append((record.rec_headers, record.raw_stream.read()))
    return found


def writer_again(folder: Path, sent: Exchange, origin: Capture) -> Capture:
    """Write one more exchange with a new writer."""
    with WarcWriter(folder, "again", new_id=lambda: str(uuid4())) as writer:
        return writer.exchange(sent, origin)


def of_type(folder: Path, kind: str) -> list[tuple[Any, bytes]]:
    return [(headers, block) for headers, block in records(folder) if headers.get_header("WARC-Type") == kind]


def test_a_file_begins_with_warcinfo_and_holds_request_and_response_as_they_were(
    folder: Path, writer: WarcWriter
) -> None:
    head = b"HTTP/1.1 200 \xb3\xc9\xb9\xa6\r\nSet-Cookie: a\r\nset-cookie: b\r\nX: \xff\xfe\r\nFolded: a\r\n b\r\n\r\n"
    sent = exchange(head=head, body=b"\x00\xffbody")
    capture = writer.exchange(sent)
    writer.close()
    kinds = [headers.get_header("WARC-Type") for headers, _ in records(folder)]
    assert kinds == ["warcinfo", "response", "request"]
    [(response, block)] = of_type(folder, "response")
    [(request, request_block)] = of_type(folder, "request")
    assert block == head + b"\x00\xffbody"
    assert request_block == sent.request
    assert response.protocol == "WARC/1.1"
    assert (
        response.get_header("WARC-Record-ID") == request.get_header("WARC-Concurrent-To") == f"<urn:uuid:{capture.id}>"
    )
    assert response.get_header("WARC-IP-Address") == "127.0.0.1"
    assert response.get_header("WARC-Date") == request.get_header("WARC-Date") == "2026-01-15T04:00:00Z"
    assert response.get_header("WARC-Payload-Digest") == digest_of(b"\x00\xffbody") == capture.digest
    assert response.get_header("WARC-Block-Digest") == digest_of(block)
    assert warcio_check(folder) == ""


@pytest.mark.parametrize("url", [
    "http://www.example.gov.cn/政府信息公开/年报 2025.html?栏目=公开&b=%E4%B8%AD#头",
    "http://例子.cn/a|b\\c{d}\"e<f>^`",
    "http://www.example.gov.cn/100%/a%zz\r\nWARC-Type: forged",
    "http://www.example.gov.cn/\ud800\udcff",
    "http://www.example.gov.cn/" + "长" * 3000,
])  # fmt: skip
def test_addresses_with_chinese_or_odd_characters_become_ascii_and_read_back(
    folder: Path, writer: WarcWriter, url: str
) -> None:
    capture = writer.exchange(exchange(url))
    writer.close()
    [(headers, _)] = of_type(folder, "response")
    assert headers.get_header("WARC-Target-URI") == capture.url
    assert capture.url.isascii() and not set(capture.url) & set(' "<>\\^`{|}\r\n')
    assert next(item.capture for item in Archive(folder).scan(capture.file) if item.capture) == capture
    assert warcio_check(folder) == ""


def test_the_same_payload_again_becomes_a_revisit_that_names_its_original(folder: Path, writer: WarcWriter) -> None:
    first = writer.exchange(exchange())
    again = writer.exchange(exchange(at=day(1)), first)
    changed = writer.exchange(exchange(at=day(2), body=b"<h1>2024</h1>"), first)
    writer.close()
    assert (again.kind, again.refers_to, again.digest, again.length) == ("revisit", first.id, first.digest, 0)
    assert (changed.kind, changed.refers_to) == ("response", None)
    [(headers, block)] = of_type(folder, "revisit")
    assert headers.get_header("WARC-Profile") == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    assert headers.get_header("WARC-Refers-To") == f"<urn:uuid:{first.id}>"
    assert headers.get_header("WARC-Refers-To-Target-URI") == URL
    assert headers.get_header("WARC-Refers-To-Date") == "2026-01-15T04:00:00Z"
    assert headers.get_header("WARC-Payload-Digest") == first.digest
    assert block == exchange().head
    assert unquote_to_bytes(headers.get_header("Nianbao-Request")) == exchange().request
    assert len(of_type(folder, "request")) == 2  # of the responses
    assert warcio_check(folder) == ""


def test_a_304_becomes_a_revisit_of_the_capture_it_was_asked_about(folder: Path, writer: WarcWriter) -> None:
    first = writer.exchange(exchange())
    again = writer.exchange(not_modified(day(1)), first)
    writer.close()
    assert (again.kind, again.status, again.refers_to, again.digest) == ("revisit", 304, first.id, first.digest)
    [(headers, block)] = of_type(folder, "revisit")
    assert headers.get_header("WARC-Profile") == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert block == b""
    assert unquote_to_bytes(headers.get_header("Nianbao-Response-Head")) == not_modified(day(1)).head
    assert unquote_to_bytes(headers.get_header("Nianbao-Request")) == not_modified(day(1)).request
    head = b'HTTP/1.1 304 \xff % %41 +\t\r\nX:  two  blanks \r\nETag: "\xe5"\r\n\r\n'
    odd = writer_again(folder, exchange(at=day(2), head=head, body=b""), first)
    assert Archive(folder, {first.id: first}.get).payload(odd).head == head
    assert warcio_check(folder) == ""


# As an accelerator, and an IIS behind it, answer for a page that did not change.
TENGINE = b"""HTTP/1.1 304 Not Modified
Server: Tengine
Date: Thu, 15 Jan 2026 04:00:00 GMT
Connection: keep-alive
Last-Modified: Tue, 13 Jan 2026 08:11:02 GMT
ETag: "6965f0a6-7a3b"
X-Frame-Options: SAMEORIGIN
X-XSS-Protection: 1; mode=block
X-Content-Type-Options: nosniff
Via: cache12.l2cn3130[0,0,304-0,H], cache3.cn4102[0,0]
Timing-Allow-Origin: *
EagleId: 2ff62a9717684496001234567e
X-Cache: HIT TCP_REFRESH_HIT dirn:11:421983772
X-Swift-SaveTime: Thu, 15 Jan 2026 04:00:00 GMT

"""
IIS = b"""HTTP/1.1 304 Not Modified
Cache-Control: private
Last-Modified: Tue, 13 Jan 2026 08:11:02 GMT
ETag: "80f3c5d0a784dc1:0"
Server: Microsoft-IIS/8.5
X-Powered-By: ASP.NET
X-Frame-Options: SAMEORIGIN
Content-Security-Policy: default-src 'self' 'unsafe-inline' 'unsafe-eval' data: *.gov.cn
Set-Cookie: ASP.NET_SessionId=k3xq2vjh1nqo5b4m2wd0aylp; path=/; HttpOnly
Date: Thu, 15 Jan 2026 04:00:00 GMT

"""
ASKED = b"""GET /zwgk/zfxxgk/fdzdgknr/zfxxgknb/202601/t20260113_1284735.html HTTP/1.1
Host: www.example.gov.cn
Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8
Accept-Language: zh-CN,zh
Accept-Encoding: gzip, deflate
User-Agent: Nianbao (+https://nianbao.example.org/bot)
If-None-Match: %s
If-Modified-Since: Tue, 13 Jan 2026 08:11:02 GMT

"""


@pytest.mark.parametrize(("head", "tag"), [(TENGINE, b'"6965f0a6-7a3b"'), (IIS, b'"80f3c5d0a784dc1:0"')])
def test_a_304_that_says_much_takes_less_than_900_bytes_with_its_request(
    folder: Path, writer: WarcWriter, head: bytes, tag: bytes
) -> None:
    url = "http://www.example.gov.cn/zwgk/zfxxgk/fdzdgknr/zfxxgknb/202601/t20260113_1284735.html"
    first = writer.exchange(exchange(url, body=b"page" * 1000))
    asked, answered = (ASKED % tag).replace(b"\n", b"\r\n"), head.replace(b"\n", b"\r\n")
    again = writer.exchange(Exchange(url, day(1), asked, answered, b"", "113.246.57.3"), first)
    writer.close()
    assert again.kind == "revisit"
    assert (folder / again.file).stat().st_size - again.offset <= 900


def test_a_revisit_may_not_refer_to_a_revisit(writer: WarcWriter) -> None:
    again = writer.exchange(not_modified(day(1)), writer.exchange(exchange()))
    with pytest.raises(ValueError, match="not to another revisit"):
        writer.exchange(not_modified(day(2)), again)


@pytest.mark.parametrize("cut", ["length", "time", "disconnect"])
def test_a_truncated_response_says_why_and_is_never_taken_for_a_repetition(
    folder: Path, writer: WarcWriter, cut: Any
) -> None:
    first = writer.exchange(exchange())
    again = writer.exchange(exchange(at=day(1), truncated=cut), first)
    writer.close()
    assert (again.kind, again.truncated) == ("response", cut)
    assert of_type(folder, "response")[1][0].get_header("WARC-Truncated") == cut
    assert warcio_check(folder) == ""


def test_chunked_bodies_are_kept_as_sent_and_told_to_be_the_same_whatever_their_chunks(
    folder: Path, writer: WarcWriter
) -> None:
    first = writer.exchange(exchange(head=CHUNKED, body=chunks(b"abc", b"def")))
    again = writer.exchange(exchange(at=day(1), head=CHUNKED, body=chunks(b"a", b"bcdef")), first)
    writer.close()
    assert first.digest == digest_of(b"abcdef") == again.digest
    assert first.length == 6
    assert again.kind == "revisit"
    [(response, block)] = of_type(folder, "response")
    [(revisit, _)] = of_type(folder, "revisit")
    assert block == CHUNKED + chunks(b"abc", b"def")
    assert response.get_header("WARC-Payload-Digest") == digest_of(chunks(b"abc", b"def")) == first.wire_digest
    assert revisit.get_header("WARC-Payload-Digest") == response.get_header("WARC-Payload-Digest")
    assert response.get_header("Nianbao-Entity-Digest") == digest_of(b"abcdef")
    assert warcio_check(folder) == ""


@pytest.mark.parametrize(("coding", "encode"), [
    (b"gzip", gzip.compress),
    (b"deflate", zlib.compress),
    (b"deflate", lambda data: zlib.compress(data)[2:-4]),
    (b"identity", bytes),
])  # fmt: skip
def test_content_codings_stay_on_in_the_archive(
    folder: Path, writer: WarcWriter, coding: bytes, encode: Callable[[bytes], bytes]
) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nTransfer-Encoding: chunked\r\n\r\n" % coding
    encoded = encode(b"report" * 100)
    capture = writer.exchange(exchange(head=head, body=chunks(encoded)))
    writer.close()
    assert capture.digest == digest_of(encoded)
    assert Archive(folder).payload(capture).body == b"report" * 100
    assert warcio_check(folder) == ""


def test_a_rendering_becomes_resource_records_beside_the_page_and_not_under_its_address(
    folder: Path, writer: WarcWriter
) -> None:
    page = writer.exchange(exchange())
    dom, picture = writer.rendering(Rendering(URL, NOON, "<p>年报</p>".encode(), b"\x89PNG"), page)
    writer.close()
    assert [dom.kind, picture.kind] == ["rendering", "screenshot"]
    assert dom.url == picture.url == URL
    (first, block), (second, _) = of_type(folder, "resource")
    assert first.get_header("WARC-Target-URI") == f"urn:nianbao:dom:{URL}"
    assert first.get_header("Content-Type") == "text/html; charset=utf-8"
    assert first.get_header("WARC-Concurrent-To") == f"<urn:uuid:{page.id}>"
    assert second.get_header("Content-Type") == "image/png"
    assert block == "<p>年报</p>".encode()
    assert warcio_check(folder) == ""


def test_a_visit_becomes_a_metadata_record_under_a_name_of_its_own(folder: Path, writer: WarcWriter) -> None:
    writer.visit(visit("v/1 年"))
    writer.close()
    [(headers, block)] = of_type(folder, "metadata")
    assert headers.get_header("WARC-Target-URI") == "urn:nianbao:visit:v/1%20%E5%B9%B4"
    assert headers.get_header("Content-Type") == "application/json"
    assert b'"column_url":"http://www.example.gov.cn/zwgk/\xe5' in block
    assert warcio_check(folder) == ""


def test_files_roll_by_size_and_each_begins_with_warcinfo(folder: Path, new_id: Callable[[], str]) -> None:
    with WarcWriter(folder, "site-a", new_id=new_id, roll_at=2000) as writer:
        captures = [writer.exchange(exchange(at=day(number), body=str(number).encode())) for number in range(10)]
    files = sorted(path.name for path in folder.iterdir())
    assert files[:2] == ["site-a-00001.warc.gz", "site-a-00002.warc.gz"]
    assert {capture.file for capture in captures} == set(files)
    for path in folder.iterdir():
        with path.open("rb") as stream:
            assert next(iter(ArchiveIterator(stream))).rec_type == "warcinfo"
    assert warcio_check(folder) == ""


def test_a_file_opened_again_is_cut_back_to_its_last_whole_record_and_continued(
    folder: Path, new_id: Callable[[], str]
) -> None:
    with WarcWriter(folder, "test", new_id=new_id) as writer:
        first = writer.exchange(exchange())
    path = folder / first.file
    whole = path.read_bytes()
    for tail in (whole[first.offset : first.offset + 200], b"\x1f", b"\x00" * 500, b""):
        path.write_bytes(whole + tail)
        with WarcWriter(folder, "test", new_id=new_id) as writer:
            second = writer.exchange(exchange(at=day(1)))
        assert (second.file, second.offset) == (first.file, len(whole))
        assert warcio_check(folder) == ""


def test_a_file_killed_before_its_first_record_is_begun_anew(folder: Path, new_id: Callable[[], str]) -> None:
    folder.mkdir()
    (folder / "test-00001.warc.gz").touch()
    with WarcWriter(folder, "test", new_id=new_id) as writer:
        capture = writer.exchange(exchange())
    assert capture.file == "test-00001.warc.gz"
    assert len(list(folder.iterdir())) == 1
    assert warcio_check(folder) == ""


def test_a_damaged_file_is_neither_cut_nor_continued(folder: Path, new_id: Callable[[], str]) -> None:
    with WarcWriter(folder, "test", new_id=new_id) as writer:
        first = writer.exchange(exchange())
    path = folder / first.file
    hurt = bytearray(path.read_bytes())
    hurt[first.offset + 60] ^= 0x40
    path.write_bytes(hurt)
    with WarcWriter(folder, "test", new_id=new_id) as writer:
        second = writer.exchange(exchange(at=day(1)))
    assert second.file == "test-00002.warc.gz"
    assert path.read_bytes() == bytes(hurt)


def test_a_prefix_in_use_by_another_process_is_refused(
    folder: Path, writer: WarcWriter, new_id: Callable[[], str]
) -> None:
    capture = writer.exchange(exchange())
    with (folder / capture.file).open("rb") as held, pytest.raises(ArchiveError, match="prefix of its own"):
        with pytest.raises(BlockingIOError):
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        WarcWriter(folder, "test", new_id=new_id).exchange(exchange())


class _FullDisk(io.FileIO):
    room = 100

    def write(self, data: Any) -> int:
        if self.room <= 0:
            raise OSError(28, "No space left on device")
        part = memoryview(data)[: self.room]
        self.room -= len(part)
        return super().write(part)


def test_a_full_disk_is_said_plainly_and_leaves_the_file_whole(folder: Path, writer: WarcWriter) -> None:
    first = writer.exchange(exchange())
    real = writer._roll._file
    assert real is not None
    with _FullDisk(folder / first.file, "r+b") as full:
        full.seek(0, io.SEEK_END)
        writer._roll._file = full
        with pytest.raises(ArchiveError, match="No space left on device; see that"):
            writer.exchange(exchange(at=day(1)))
        writer._roll._file = real
    assert warcio_check(folder) == ""
    real.seek(0, io.SEEK_END)
    assert writer.exchange(exchange(at=day(2))).offset > first.offset
    assert warcio_check(folder) == ""


def test_a_closed_writer_writes_no_more(writer: WarcWriter) -> None:
    writer.close()
    writer.close()
    with pytest.raises(ArchiveError, match="closed"):
        writer.exchange(exchange())


def test_a_moment_without_a_time_zone_is_refused(writer: WarcWriter) -> None:
    with pytest.raises(ValueError, match="time zone"):
        writer.exchange(exchange(at=NOON.replace(tzinfo=None)))


odd = st.binary(max_size=40).map(lambda data: data.replace(b"\r", b"").replace(b"\n", b""))
header = st.builds(lambda name, value: name.replace(b":", b"") + b": " + value + b"\r\n", odd, odd)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reason=odd, headers=st.lists(header, max_size=6), body=st.binary(max_size=300))
def test_whatever_the_head_says_it_reads_back_byte_for_byte(
    tmp_path: Path, reason: bytes, headers: list[bytes], body: bytes
) -> None:
    folder = tmp_path / str(uuid4())
    head = b"HTTP/1.1 200 " + reason + b"\r\n" + b"".join(headers) + b"\r\n"
    with WarcWriter(folder, "law", new_id=lambda: str(uuid4())) as writer:
        capture = writer.exchange(exchange(head=head, body=body))
    [(_, block)] = of_type(folder, "response")
    assert block == head + body
    archive = Archive(folder)
    assert [item.capture for item in archive.scan(capture.file) if item.capture] == [capture]
    assert archive.payload(capture).head == head
