"""Addresses as they are written and as they are looked up. The keys are those that other CDX tools compute."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.urls import target_uri, urlkey

SESSION = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(("url", "key"), [
    ("http://www.Example.gov.cn/A/b/../C/./d//e/?b=2&a=1", "cn,gov,example)/a/c/d/e?a=1&b=2"),
    ("http://www2.foo.com:80/", "com,foo)/"),
    ("https://foo.com:443", "com,foo)/"),
    ("https://foo.com:8443/index.html#frag", "com,foo:8443)/index.html"),
    ("http://127.0.0.1:8080/x", "1,0,0,127:8080)/x"),
    ("http://foo.com/?", "com,foo)/"),
    ("http://foo.com/a?b=%E4%B8%AD&a=%2541", "com,foo)/a?a=a&b=%e4%b8%ad"),
    ("http://foo.com/%7Euser/%2e%2e/x", "com,foo)/x"),
    ("http://foo.com/../../a", "com,foo)/a"),
    ("http://user:pw@foo.com./a b", "com,foo)/a%20b"),
    ("http://例子.cn/年报", "cn,xn--fsqu00a)/%e5%b9%b4%e6%8a%a5"),
    ("http://%E4%BE%8B%E5%AD%90.cn/", "cn,xn--fsqu00a)/"),
    (f"http://foo.com/a?x=1&jsessionid={SESSION}", "com,foo)/a?&x=1"),
    (f"http://foo.com/a?PHPSESSID={SESSION}", "com,foo)/a"),
    (f"http://foo.com/a?x=1&sid={SESSION}&y=2", "com,foo)/a?x=1&y=2"),
    ("http://foo.com/(4hqa0555fwsecu455xqckv45)/m.aspx", "com,foo)/m.aspx"),
    ("http://[::1]:8080/a", "::1:8080)/a"),
    ("urn:nianbao:visit:1", "urn:nianbao:visit:1"),
])  # fmt: skip
def test_a_urlkey_is_the_surt_that_cdx_tools_agree_on(url: str, key: str) -> None:
    assert urlkey(url) == key


@given(st.text(max_size=60))
def test_a_target_uri_is_ascii_and_stays_as_it_is_when_made_again(rest: str) -> None:
    for url in (f"http://a.gov.cn/{rest}", rest):
        uri = target_uri(url)
        assert uri.isascii()
        assert target_uri(uri) == uri
        assert not set(uri) & set(" \r\n\t\0")


@given(st.text(max_size=60))
def test_the_key_of_an_address_is_the_key_of_its_target_uri(rest: str) -> None:
    url = f"http://a.gov.cn/{rest}"
    assert urlkey(url) == urlkey(target_uri(url))
    assert urlkey(url).isascii()
