# ruff: noqa: E501
"""Articles of the outsiders' sites: where the text lies, where the date stands."""

from __future__ import annotations

from urllib.parse import quote

from sample.write_docx import write_docx
from sample.write_pdf import write_pdf
from tests.spiders.mock.answers import Answer, Answers
from tests.spiders.mock.outside_frame import frame, number_of
from tests.spiders.mock.pages import document_of, html_of
from tests.spiders.mock.plan import Report, Site, whole_title


def article(site: Site, report: Report, url: str) -> Answers:
    """A report's page and what belongs to it. Some say their date only in a script, in the text, or not at all."""
    title, day, kind = whole_title(report), str(report.day), report.article
    if kind == "straight":
        return {url: Answer(_pdf(title, report.year), "application/pdf")}
    stem = f"{url.rsplit('/', 1)[0]}/W0{report.number}"
    head = f'<meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="{day} 10:21"><meta name="ContentSource" content="{report.organ.name}">'
    line = f"<p>发布日期：{day} 10:21　信息来源：{report.organ.name}　浏览次数：<script>1</script></p>"
    if kind in ("script-date", "text-date", "no-date"):
        head = '<meta name="Keywords" content="">'
        line = {
            "script-date": f'<p>时间：<script>document.write("{day}")</script></p>',
            "text-date": f"<p>{report.organ.name}{report.day.year}年{report.day.month}月{report.day.day}日发布</p>",
            "no-date": "",
        }[kind]
    body, more = _body(site, report, title, url, stem)
    if site.family == "ucap-input":
        page = f"<ucaptitle>{title}</ucaptitle><publishtime>{day}</publishtime><ucapcontent>{body}</ucapcontent>"
    else:
        page = f"<h1>{title}</h1>{line}<div class=TRS_Editor>{body}</div>"
    page += '<p>上一篇：<a href="/xw/1.html">关于放假的通知</a></p><p>相关链接：<a href="/xxgk/j0.html">2023年政府信息公开工作年度报告解读</a></p>'
    if kind == "jump":
        inner = url.replace(".", "_c.", 1) if "?" not in url else url + "&c=1"
        stub = f"<html><head><script>window.location.href='{inner}';</script></head><body></body></html>"
        return {url: Answer(stub), inner: Answer(frame(site, title, page, head)), **more}
    return {url: Answer(frame(site, title, page, head)), **more}


def _body(site: Site, report: Report, title: str, url: str, stem: str) -> tuple[str, Answers]:
    year = report.year
    match report.article:
        case "attachment":
            return f'<a href="{stem}.pdf">{title}.pdf</a>', {
                f"{stem}.pdf": Answer(_pdf(title, year), "application/octet-stream")
            }
        case "embed":
            return f'<embed src="{stem}.pdf" type="application/pdf" width="100%" height="900">', {
                f"{stem}.pdf": Answer(_pdf(title, year), "application/pdf")
            }
        case "object":
            return f'<object data="{stem}.pdf#toolbar=0" type="application/pdf"></object>', {
                f"{stem}.pdf": Answer(_pdf(title, year), "application/pdf")
            }
        case "viewer-encoded":
            call = f"/download?id={report.number}&y={year}"
            return f'<iframe src="/static/pdfjs/web/viewer.html?file={quote(call, safe="")}&page=1"></iframe>', {
                call: Answer(_pdf(title, year), "application/octet-stream", disposition=f"{title}.pdf")
            }
        case "doc-gbk":
            call = f"/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=18273&wbfileid={report.number}"
            return (
                f'<ul><li>附件【<a href="{call}" target="_blank">{title}.docx</a>】已下载<span id="n">3</span>次</li></ul>',
                {call: Answer(write_docx(document_of(title, year)), "text/html", disposition=f"{title}.docx")},
            )
        case "pages":
            parts = _halves(html_of(title, year))
            second = url.replace(".html", "_1.html") if ".html" in url else f"{url}{'&' if '?' in url else '?'}p=2"
            more = frame(
                site, title, f"<h1>{title}</h1><div class=TRS_Editor>{parts[1]}</div><a href='{url}'>上一页</a>"
            )
            return f"{parts[0]}<div class=page><a href='{second}'>下一页</a></div>", {second: Answer(more)}
        case "frames":
            return f'<iframe src="{stem}.htm"></iframe>', {
                f"{stem}.htm": Answer(f"<html><body>{html_of(title, year)}</body></html>")
            }
    if number_of(site) % 4 == 0:
        return html_of(title, year) + f'<p>附件：<a href="{stem}.pdf">{title}（全真版）.pdf</a></p>', {
            f"{stem}.pdf": Answer(_pdf(title, year), "application/pdf")
        }
    return html_of(title, year), {}


def _halves(text: str) -> tuple[str, str]:
    """Cut before the third table, where an editor would."""
    at = text.rfind("<table")
    return (text[:at], text[at:]) if at > 0 else (text, "")


def _pdf(title: str, year: int) -> bytes:
    return write_pdf(document_of(title, year))
