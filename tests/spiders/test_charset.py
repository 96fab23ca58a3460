"""Bytes of Chinese pages, under claims that are true, false and absent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.charset import decode_page

TEXT = "<title>白鹭县2023年政府信息公开工作年度报告</title>"
RARE = "<p>㙟镕喆 is not in GB2312</p>"


@pytest.mark.parametrize("header", [None, "utf-8", "gb2312", "ISO-8859-1", "no-such-charset"])
@pytest.mark.parametrize("meta", ["", '<meta charset="utf-8">', "<meta content='text/html; charset=gb2312'>"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig"])
def test_the_text_is_found_whatever_is_claimed(header: str | None, meta: str, encoding: str) -> None:
    page = meta + TEXT + RARE
    assert decode_page(page.encode(encoding), header) == page


def test_one_broken_byte_costs_one_character() -> None:
    text = decode_page(TEXT.encode("gb18030") + b"\xff<p>ok</p>", "gbk")
    assert "白鹭县" in text and "ok" in text


def test_big5_is_read_where_it_is_claimed() -> None:
    assert decode_page("政府資訊公開年報".encode("big5"), "big5") == "政府資訊公開年報"


@given(st.binary(max_size=200), st.sampled_from([None, "utf-8", "gbk", "utf-7", "idna", "rot13", "base64"]))
def test_any_bytes_become_text(body: bytes, claimed: str | None) -> None:
    assert isinstance(decode_page(body, claimed), str)
