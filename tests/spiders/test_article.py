"""Attachments and dates of article pages."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.article import guessed_dates, is_document, read_article

URL = "http://www.example.gov.cn/zwgk/202401/t20240131_87885.html"


@pytest.mark.parametrize(
    ("html", "attachments"),
    [
        (
            '<a href="./P020240131.pdf">附件：2023年年度报告</a>',
            ["http://www.example.gov.cn/zwgk/202401/P020240131.pdf"],
        ),
        ('<a href="./W020240131.docx">report.docx</a>', ["http://www.example.gov.cn/zwgk/202401/W020240131.docx"]),
        (
            '<a href="/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1">附件【年报.pdf】</a>',
            ["http://www.example.gov.cn/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1"],
        ),
        (
            '<iframe src="/pdfjs/web/viewer.html?file=/doc/a%20b.pdf"></iframe>',
            ["http://www.example.gov.cn/doc/a b.pdf"],
        ),
        ('<iframe src="/viewer.html?file=/files/8f3a-42"></iframe>', ["http://www.example.gov.cn/files/8f3a-42"]),
        (
            '<a href="/module/download/downfile.jsp?classid=0&amp;filename=5a10.docx">石矶乡年度报告.docx</a>',
            ["http://www.example.gov.cn/module/download/downfile.jsp?classid=0&filename=5a10.docx"],
        ),
        ('<a href="/attach/8f3a">某镇2023年度报告（盖章版.pdf）</a>', ["http://www.example.gov.cn/attach/8f3a"]),
        ('<embed src="nb.pdf">', ["http://www.example.gov.cn/zwgk/202401/nb.pdf"]),
        ('<a href="/files/form.doc">首页</a><a href="next.html">附件</a>', []),
        ('<a href="file:///etc/passwd.pdf">附件</a><a href="http://[.pdf">附件</a>', []),
    ],
)
def test_attachments_are_found(html: str, attachments: list[str]) -> None:
    assert list(read_article(html, URL).attachments) == attachments


def test_every_date_is_kept_with_its_provenance() -> None:
    html = """<head><meta name="pubdate" content="2024-01-30 09:00"></head>
    <p>索引号：123 发布时间：2024年1月29日 浏览次数：12</p><p>2023年3月1日举办培训</p>"""
    assert read_article(html, URL).dates == (
        ("meta:pubdate", date(2024, 1, 30)),
        ("visible:发布时间", date(2024, 1, 29)),
        ("url", date(2024, 1, 31)),
    )


def test_where_a_page_says_no_date_it_is_guessed_and_called_a_guess() -> None:
    page = "<html><body><h1>年度报告</h1><p>2024年1月30日 甲县人民政府</p></body></html>"
    assert read_article(page, "http://x.cn/a.html").dates == ()
    assert [provenance for provenance, _ in guessed_dates(page, "http://x.cn/a.html")] == ["trafilatura"]


def test_a_date_in_prose_is_no_date_of_publication() -> None:
    assert read_article("<p>自2023年1月1日起至2023年12月31日止</p>", "http://x.cn/a.html").dates == ()


def test_a_date_that_is_none_is_passed_over() -> None:
    page = '<meta name="PubDate" content="2024-02-31">'
    assert read_article(page, "http://x.cn/t20241399_1.html").dates == ()


@pytest.mark.parametrize(
    "link",
    [
        """<a href="javascript:;" onclick="window.open('/files/1.pdf')">点击查看年度报告</a>""",
        """<a href="#" onclick="location.href='/files/1.pdf'">年报.pdf</a>""",
        """<a href="javascript:openFile('/files/1.pdf')">附件</a>""",
        """<a onclick="window.open('/files/1.pdf')">下载</a>""",
    ],
)
def test_an_attachment_that_a_script_opens_is_one_too(link: str) -> None:
    assert list(read_article(link, "http://x.cn/a/b.html").attachments) == ["http://x.cn/files/1.pdf"]


@pytest.mark.parametrize(
    "body",
    [
        "<div id=app></div><script src=app.js></script>",
        "<p>{}</p><script>showVsbpdfIframe('/__local/A/1.pdf','100%','600')</script>".format("甲县人民政府主办 " * 40),
        """<p>{}</p><script>var appendix = "<a href='./P1.pdf'>附件</a>"; document.write(appendix)</script>""".format(
            "网站地图 " * 60
        ),
    ],
)
def test_a_page_that_only_a_script_fills_is_told(body: str) -> None:
    assert read_article(body, URL).unfilled


@pytest.mark.parametrize(
    ("body", "rendered"), [("<p>" + "本网站共发布信息。" * 60 + "</p>", False), ("<div id=app>", True)]
)
def test_where_a_series_has_no_form_only_a_page_that_shows_hardly_anything_is_looked_at_in_the_browser(
    body: str, rendered: bool
) -> None:
    article = read_article(f"<html><body>{body}<script src=app.js></script></body></html>", URL)
    assert (article.shell, article.unfilled) == (rendered, True)


@pytest.mark.parametrize("body", ['<a href="1.pdf">年度报告</a>', '<iframe src="body.html"></iframe>'])
def test_a_page_with_a_document_or_a_frame_needs_no_script(body: str) -> None:
    assert not read_article(body + "<script>count()</script>", URL).unfilled


@pytest.mark.parametrize("url", ["http://x/a.PDF", "http://x/a.wps?v=1", "http://x/system/_content/download.jsp?x=1"])
def test_documents_are_told_by_their_address(url: str) -> None:
    assert is_document(url)


@given(
    st.text(max_size=200), st.sampled_from(["{}", "<p>{}</p>", "<meta name='PubDate' content='{}'>", "<time>{}</time>"])
)
def test_no_page_makes_the_reader_of_articles_fall(text: str, frame: str) -> None:
    read_article(frame.replace("{}", text), URL)
    guessed_dates(frame.replace("{}", text), URL)
