"""Which answers are the page that was asked for, and what the others are."""

from __future__ import annotations

import pytest
from scrapy.http import HtmlResponse, Response

from spiders.pages import judge_page
from storage.records import Outcome

LIST = "<title>政府信息公开年报</title><ul>" + "".join(
    f"<li><a href='{n}.html'>某局20{n}年政府信息公开工作年度报告</a></li>" for n in range(10, 24)
)


def page(html: str, status: int = 200) -> Response:
    return HtmlResponse("http://www.example.gov.cn/nb/", status=status, body=html.encode(), encoding="utf-8")


@pytest.mark.parametrize(
    ("html", "status", "outcome"),
    [
        (LIST, 200, Outcome.COMPLETE),
        ("<title>年报</title><p>内容更新中</p><p>主办单位：某县人民政府</p>", 200, Outcome.COMPLETE),
        (LIST + "<form>请输入验证码</form>", 200, Outcome.COMPLETE),
        ("<script>document.cookie='__jsl_clearance=1';location.href=location.href</script>", 521, Outcome.BLOCKED),
        ("<script>var __jsluid_s='a'</script><p>正在加载请稍后的页面</p>", 200, Outcome.BLOCKED),
        ("<html><script>$_ts=window['$_ts'];$_ts.nsd=1;</script><body></body></html>", 412, Outcome.BLOCKED),
        ("<html><body>\r\n</body></html>", 403, Outcome.BLOCKED),
        ("\r\n", 200, Outcome.BLOCKED),
        ("<title>访问验证</title><p>请完成验证后继续访问</p><input name=c>", 200, Outcome.BLOCKED),
        (
            "<p>请开启JavaScript并刷新该页</p><script>document.cookie='a=b';location.reload()</script>",
            200,
            Outcome.BLOCKED,
        ),
        ("<h1>Access Denied</h1><p>Your request has been blocked by the firewall</p>", 200, Outcome.BLOCKED),
        ("<title>404 Not Found</title><p>nginx nginx nginx nginx</p>", 404, Outcome.SOFT_404),
        ("<title>提示</title><p>您访问的页面不存在或已删除，请返回首页</p>", 200, Outcome.SOFT_404),
        ("<p>服务器内部错误服务器内部错误服务器内部错误</p>", 500, Outcome.SERVER_ERROR),
        ("<title>公告</title><p>网站正在升级改造，暂停服务，敬请谅解</p>", 200, Outcome.SERVER_ERROR),
        ("<meta http-equiv='refresh' content='0;url=/index.html'><p>页面已移动，请稍候片刻</p>", 200, Outcome.MOVED),
        ("<p>Too many requests, please come back later</p>", 429, Outcome.BLOCKED),
    ],
)
def test_pages_are_told_apart(html: str, status: int, outcome: Outcome) -> None:
    verdict = judge_page(page(html, status))
    assert verdict.outcome is outcome, verdict.detail


def test_a_document_is_not_searched_for_marks() -> None:
    assert judge_page(Response("http://x.cn/a.pdf", body=b"%PDF-1.4 " + b"x" * 100)).outcome is Outcome.COMPLETE


def test_a_verdict_says_why() -> None:
    assert "加速乐" in judge_page(page("<script>__jsl_clearance</script>", 521)).detail


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("<p>2023年</p>" * 500_000, Outcome.PARTIAL),
        ("<select>" + "<option>2023</option>" * 6000 + "</select>", Outcome.PARTIAL),
        ("{" + '"title": "2023年",' * 400_000 + '"a": 1}', Outcome.PARTIAL),
        ("<p>" + "2023年政府信息公开工作年度报告" * 30_000 + "</p>", Outcome.COMPLETE),
        (f"<p>{'年报' * 200}<img src='data:image/png;base64,{'iVBORw0KGgo' * 500_000}'></p>", Outcome.COMPLETE),
        ("%PDF-1.7" + "0" * 5_000_000, Outcome.COMPLETE),
    ],
)
def test_a_page_larger_than_any_list_was_not_seen_whole_and_pictures_in_its_text_do_not_count(
    body: str, outcome: Outcome
) -> None:
    """A page of 30 MB took three gigabytes and a minute in which nothing else was crawled."""
    response = HtmlResponse("http://x.cn/nb/", body=body.encode(), encoding="utf-8")
    assert judge_page(response).outcome is outcome
