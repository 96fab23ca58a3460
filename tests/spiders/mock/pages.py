# ruff: noqa: E501, UP031
"""The pages of the drawn province: furniture, lists of every family, articles, and what stands in their way."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Sequence
from functools import cache
from zlib import crc32

from sample.compose import compose
from sample.form import load_form
from sample.load import load_province
from sample.model import Publication
from sample.write_docx import write_docx
from sample.write_html import write_html
from sample.write_pdf import write_pdf
from tests.spiders.mock.answers import Answer, Answers, Row
from tests.spiders.mock.plan import Organ, Report, Site, whole_title

PER_PAGE = 5


def frame(site: Site, title: str, main: str, head: str = "") -> str:
    charset = f'<meta charset="{site.charset or site.encoding}">' if site.charset != "ISO-8859-1" else ""
    menu = "".join(f'<li><a href="/c{n}/">{name}</a></li>' for n, name in enumerate(_MENU))
    return (
        f"<!DOCTYPE html><html><head>{charset}<title>{title}_{site.place}县人民政府</title>"
        f'<meta name="SiteName" content="{site.place}县人民政府">{head}</head><body><div class="top">'
        f'<form action="/login"><input name="user"> 验证码 <input name="code"></form></div><ul class="nav">{menu}</ul>'
        f'<div class="main">{main}</div><div class="foot">主办单位：{site.place}县人民政府办公室 备案号 ICP备1号 '
        f'<a href="/about.html">关于我们</a> <a href="/map.html">网站地图</a></div></body></html>'
    )


_MENU = ("首页", "走进本县", "新闻中心", "办事服务", "互动交流", "数据发布", "专题专栏")


def home(site: Site, organ: Organ | None, column: str) -> Answers:
    """A home page and what lies between it and the column."""
    folder = organ.folder if organ else "/"
    name = organ.name if organ else f"{site.place}县人民政府"
    news = "".join(
        f'<li><a href="{folder}news/{n}.html">本县召开第{n}次工作会议</a> 2024-01-{n + 10}</li>' for n in range(8)
    )
    hub, deep = f"{folder}zwgk/", f"{folder}zwgk/fd/"
    last = f'<a href="{column}">政府信息公开年报</a> <a href="{folder}zn.html">政府信息公开指南</a> <a href="/fz/">法治政府建设年度报告</a>'
    label = {"hub": "政务公开", "hub-hub": "政府信息公开"}.get(site.menu, "政府信息公开")
    way, pages = f'<a href="{hub}">{label}</a>', {}
    match site.menu:
        case "direct" | "stub":
            way = last
        case "hub-hub":
            pages[hub] = Answer(
                frame(site, "政府信息公开", f'<a href="{deep}">法定主动公开内容</a> <a href="/zn">政府信息公开指南</a>')
            )
            pages[deep] = Answer(
                frame(site, "法定主动公开内容", f'<a href="{column}">年度报告</a> <a href="/ys">财政预决算</a>')
            )
        case "sitemap":
            way = ""
            pages["/map.html"] = Answer(frame(site, "网站地图", f"<h3>{name}</h3>{last}" if folder == "/" else last))
        case "scripted":
            way = f"<div id=m></div><script>document.getElementById('m').innerHTML='<a href=\"{column}\">政府信息'+'公开年报</a>'</script>"
        case "frame":
            pages[hub] = Answer(frame(site, label, f'<iframe src="{deep}in.html" width=900></iframe>'))
            pages[f"{deep}in.html"] = Answer(f"<html><body>{last}</body></html>")
        case _:
            pages[hub] = Answer(frame(site, label, last))
    page = Answer(frame(site, name, f"<h1>{name}</h1>{way}<ul>{news}</ul>"))
    if site.menu == "sitemap" and folder != "/":
        page = Answer(frame(site, name, f"<h1>{name}</h1>{last}<ul>{news}</ul>"))
        pages = {}
    if site.menu == "stub" and not organ:
        return {
            **pages,
            "/": Answer("<meta http-equiv='refresh' content='0;url=/main/index.html'>"),
            "/main/index.html": page,
        }
    return {**pages, folder: page}


def listing(site: Site, path: str, title: str, rows: Sequence[Row], empty: str = "内容更新中") -> Answers:
    """A list in the manner of the site's family. `path` ends with `/`."""
    return _FAMILIES[site.family](site, path, title, list(rows), empty)


def _items(rows: Sequence[Row]) -> str:
    return "".join(
        f'<tr><td>{title}</td><td>{day}</td><td><a href="{url}">点击查看</a></td></tr>'
        if "\u200b" in title
        else f'<li><span>{day}</span><a href="{url}">{html.escape(title)}</a></li>'
        for day, url, title in rows
    )


def _list(rows: Sequence[Row], empty: str) -> str:
    if not rows:
        return f"<p>{empty}</p>"
    return f"<table>{_items(rows)}</table>" if any("\u200b" in row[2] for row in rows) else f"<ul>{_items(rows)}</ul>"


def _chunks(rows: Sequence[Row]) -> list[Sequence[Row]]:
    return [rows[at : at + PER_PAGE] for at in range(0, len(rows), PER_PAGE)] or [[]]


def _paged(
    site: Site,
    title: str,
    rows: Sequence[Row],
    empty: str,
    name: Callable[[int, int], str],
    pager: Callable[[int, int], str],
) -> Answers:
    chunks = _chunks(rows)
    return {
        name(n, len(chunks)): Answer(
            frame(site, title, f"<h2>{title}</h2>{_list(chunk, empty)}{pager(n, len(chunks))}")
        )
        for n, chunk in enumerate(chunks)
    }


def _trs(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    name = lambda n, of: path if n == 0 else f"{path}index_{n}.html"  # noqa: E731
    return _paged(
        site, title, rows, empty, name, lambda n, of: f'<script>createPageHTML({of}, {n}, "index", "html");</script>'
    )


def _trs_count(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    name = lambda n, of: path if n == 0 else f"{path}default_{n}.htm"  # noqa: E731
    script = '<script>var currentPage = {n};var countPage = {of}//共多少页\ncreatePageHTML(countPage, currentPage, "default", "htm");</script>'
    return _paged(site, title, rows, empty, name, lambda n, of: script.replace("{n}", str(n)).replace("{of}", str(of)))


def _ucap(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    name = lambda n, of: path if n == 0 else f"{path}list_{n + 1}.shtml"  # noqa: E731
    script = "<div id=page_div></div><script>createPageHTML('page_div',{of},{n},'list','shtml',99);</script>"
    return _paged(
        site, title, rows, empty, name, lambda n, of: script.replace("{n}", str(n + 1)).replace("{of}", str(of))
    )


def _vsb(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    stem = path.rstrip("/")

    def name(n: int, of: int) -> str:
        return path if n == 0 else f"{stem}/{of - n}.htm"

    def pager(n: int, of: int) -> str:
        if n + 1 == of:
            return f"<span>共{of}页</span>"
        return f'<span>共{of}页</span> <a href="{name(n + 1, of)}">下页</a> <a href="{name(of - 1, of)}">尾页</a>'

    return _paged(site, title, rows, empty, name, pager)


def _plain(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    def name(n: int, of: int) -> str:
        return path if n == 0 else f"{path}?page={n + 1}"

    return _paged(
        site,
        title,
        rows,
        empty,
        name,
        lambda n, of: " ".join(f'<a href="{name(i, of)}">{i + 1}</a>' for i in range(of)),
    )


def _select(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    name = lambda n, of: path if n == 0 else f"{path}p{n + 1}.html"  # noqa: E731
    options = lambda of: "".join(f'<option value="{path}p{i + 1}.html">{i + 1}</option>' for i in range(1, of))  # noqa: E731
    return _paged(site, title, rows, empty, name, lambda n, of: f"<select onchange='go(this)'>{options(of)}</select>")


def _datastore(rows: Sequence[Row], total: int) -> str:
    records = "".join(f"<record><![CDATA[{_items([row])}]]></record>" for row in rows)
    return f"<datastore><totalrecord>{total}</totalrecord><recordset>{records}</recordset></datastore>"


def _hanweb(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    script = f'<div id=l>{"" if rows else empty}</div><script type="text/xml">{_datastore(rows, len(rows))}</script>'
    return {
        path: Answer(frame(site, title, script + "<script src='/js/page.js'></script>")),
        "/js/page.js": Answer("", "text/javascript"),
    }


def _hanweb_xhr(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    column = str(crc32(path.encode()))
    settings = (
        f"columnid:'{column}',unitid:'77',webid:'1',path:'/',webname:'{site.place}',col:1,appid:1,permissiontype:0"
    )
    script = (
        f'<div id=l>{"" if rows else empty}</div><script type="text/xml">{_datastore(rows[:2], len(rows))}</script>'
        f"<script>$('#l').jpage({{perPage:2,totalRecord:{len(rows)},proxyUrl:'/module/web/jpage/dataproxy.jsp',{settings}}})</script>"
    )
    answers = {path: Answer(frame(site, title, script))}
    for start in range(1, len(rows) + 1, 6):
        call = f"/module/web/jpage/dataproxy.jsp?startrecord={start}&endrecord={start + 5}&perpage=2 columnid={column}"
        answers[call] = Answer(_datastore(rows[start - 1 : start + 5], len(rows)), "text/xml")
    return answers


def _jpaas(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    page = str(crc32(path.encode()))
    query = f"parseType=bulidstatic&webId=w1&tplSetId=t2&pageType=column&tagId=list&editType=null&pageId={page}"
    data = "{" + ",".join(f"'{key}':'{value}'" for key, value in (pair.split("=") for pair in query.split("&"))) + "}"
    script = f'<div id=x>加载中</div><script querydata="{data}" url="/api-gateway/jpaas-publish-server/front/page/build/unit"></script>'
    call = f"/api-gateway/jpaas-publish-server/front/page/build/unit?{query}&paramJson=%7B%22pageNo%22%3A1%2C%22pageSize%22%3A50%7D"
    body = {"success": True, "data": {"html": f"<ul>{_items(rows)}</ul>" if rows else f"<p>{empty}</p>"}}
    return {path: Answer(frame(site, title, script)), call: Answer(json.dumps(body), "application/json")}


def _gkmlpt(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    cate = str(crc32(path.encode()))
    script = f"<div id=app></div><script>var SID = '76001'; var cate = {cate}; /* /gkmlpt/ */</script><script src=/gkmlpt/app.js></script>"
    articles = [
        {"title": title, "url": url, "date": int(_seconds(day)), "id": n} for n, (day, url, title) in enumerate(rows)
    ]
    answers = {path: Answer(frame(site, title, script)), "/gkmlpt/app.js": Answer("1", "text/javascript")}
    for n in range(0, max(len(rows), 1), 4):
        body = {"articles": articles[n : n + 4], "total": len(rows)}
        answers[f"/gkmlpt/api/all/{cate}?page={n // 4 + 1}&sid=76001"] = Answer(json.dumps(body), "application/json")
    return answers


def _seconds(day: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(f"{day}T09:00:00+08:00").timestamp()


def _iframe(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    inner = _trs(site, f"{path}in/", title, rows, empty)
    return {path: Answer(frame(site, title, f'<iframe src="{path}in/"></iframe>')), **inner}


_SCRIPT = """<div id=l>加载中</div><div id=p></div><script>
var at=0;function show(){fetch('%(path)sdata-'+at+'.json').then(r=>r.json()).then(d=>{
var h=d.rows.map(r=>'<li><span>'+r.time+'</span><a href="'+r.link+'">'+r.title+'</a></li>').join('')||'%(empty)s';
var l=document.getElementById('l');l.innerHTML=%(how)s;
document.getElementById('p').innerHTML=at+1<d.pages?'%(control)s':'';});}
function next(){at++;show();} show();</script>"""


def _scripted(how: str, control: str) -> Callable[[Site, str, str, list[Row], str], Answers]:
    def build(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
        script = _SCRIPT % {"path": path, "empty": empty, "how": how, "control": control}
        chunks = _chunks(rows)
        answers = {path: Answer(frame(site, title, f"<h2>{title}</h2>{script}"))}
        for n, chunk in enumerate(chunks):
            data = [{"time": day, "link": url, "title": text} for day, url, text in chunk]
            answers[f"{path}data-{n}.json"] = Answer(
                json.dumps({"rows": data, "pages": len(chunks)}), "application/json"
            )
        return answers

    return build


_more = _scripted("at?l.innerHTML+h:h", "<button onclick=next()>加载更多</button>")
_turned = _scripted("h", "<a href=javascript:next()>下一页</a>")


def _xhr_json(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    script = (
        "<div id=l></div><script>var x=new XMLHttpRequest();x.open('GET','%sall.json');x.onload=function(){"
        "document.getElementById('l').innerHTML=JSON.parse(x.responseText).list.map(r=>'<li><a href=\"'+r.url+'\">'+r.title+"
        "'</a> '+r.publishDate+'</li>').join('')||'%s'};x.send()</script>"
    ) % (path, empty)
    data = [{"title": text, "url": url, "publishDate": day} for day, url, text in rows]
    body = json.dumps({"list": data, "total": len(data)})
    return {path: Answer(frame(site, title, script)), f"{path}all.json": Answer(body, "application/json")}


_FAMILIES: dict[str, Callable[[Site, str, str, list[Row], str], Answers]] = {
    "trs": _trs, "trs-count": _trs_count, "ucap": _ucap, "vsb": _vsb, "plain": _plain, "select-pager": _select,
    "hanweb": _hanweb, "hanweb-xhr": _hanweb_xhr, "jpaas": _jpaas, "gkmlpt": _gkmlpt, "iframe": _iframe,
    "more-button": _more, "script-pager": _turned, "xhr-json": _xhr_json,
}  # fmt: skip


# Articles


@cache
def _publication() -> tuple[Publication, object]:
    province = load_province()
    publication = next(
        p
        for site in province.sites
        for p in site.publications
        if p.report and p.report.look == "plain" and p.year == 2023
    )
    assert publication.report
    return publication, province.figures[publication.report.figures]


@cache
def document_of(title: str, year: int) -> object:
    from dataclasses import replace
    from datetime import UTC, datetime

    publication, figures = _publication()
    document = compose(
        replace(publication, title=title, changes=()), figures, load_form(), datetime(2024, 4, 1, tzinfo=UTC)
    )  # type: ignore[arg-type]
    blocks = tuple(replace(block, text=block.text.replace("2023年", f"{year}年")) for block in document.blocks)
    return replace(document, blocks=blocks)


@cache
def html_of(title: str, year: int) -> str:
    return write_html(document_of(title, year))  # type: ignore[arg-type]


def article(site: Site, report: Report, url: str) -> Answers:
    """A report's page and what belongs to it."""
    title = whole_title(report)
    head = f'<meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="{report.day} 10:00">'
    stem = url.rstrip("/").removesuffix(".html")
    text, pages = "", {}
    match report.article:
        case "inline":
            text = html_of(title, report.year)
        case "pdf":
            text = f'<p>全文见附件。</p><a href="{stem}.pdf">附件：{title}.pdf</a>'
            pages[f"{stem}.pdf"] = Answer(write_pdf(document_of(title, report.year)), "application/pdf")  # type: ignore[arg-type]
        case "text-html-pdf":
            text = f'<p>全文见附件。</p><a href="{stem}.pdf">{title}.pdf</a>'
            pages[f"{stem}.pdf"] = Answer(write_pdf(document_of(title, report.year)), "text/html")  # type: ignore[arg-type]
        case "docx-script":
            script = f"/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid={report.number}"
            text = f'<p>现将报告予以公布。</p><a href="{script}">附件【{title}.docx】</a>'
            pages[script] = Answer(
                write_docx(document_of(title, report.year)), "application/octet-stream", disposition=f"{title}.docx"
            )  # type: ignore[arg-type]
        case "viewer":
            text = f'<iframe src="/pdfjs/web/viewer.html?file={stem}.pdf" width=900></iframe>'
            pages[f"{stem}.pdf"] = Answer(write_pdf(document_of(title, report.year)), "application/pdf")  # type: ignore[arg-type]
        case "framed":
            text = f'<iframe src="{stem}-body.html"></iframe>'
            pages[f"{stem}-body.html"] = Answer(
                f"<html><meta charset=utf-8><body><h1>{title}</h1>{html_of(title, report.year)}</body></html>",
                "text/html; charset=utf-8",
            )
        case "two-parts":
            text = f'<a href="{stem}-1.pdf">附件1：{title}.pdf</a> <a href="{stem}-2.docx">附件2：报告说明.docx</a>'
            pages[f"{stem}-1.pdf"] = Answer(write_pdf(document_of(title, report.year)), "application/pdf")  # type: ignore[arg-type]
            pages[f"{stem}-2.docx"] = Answer(write_docx(document_of(title, report.year)))  # type: ignore[arg-type]
    page = frame(
        site, title, f"<h1>{title}</h1><p>发布时间：{report.day}　来源：{report.organ.name}</p><div>{text}</div>", head
    )
    return {url: Answer(page), **pages}
