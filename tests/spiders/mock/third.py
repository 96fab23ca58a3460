# ruff: noqa: E501
"""A third drawn province, written from the trade's habits without a look at how reports are found.

`draw` draws it; `build` makes a site's pages in a round; `judge_of` says what may be said of an organ behind an outage.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from urllib.parse import quote
from zlib import crc32

from sample.write_docx import write_docx
from sample.write_pdf import write_pdf
from tests.spiders.mock.answers import Answer, Answers, Page, Row
from tests.spiders.mock.pages import document_of, html_of
from tests.spiders.mock.plan import DEPARTMENTS, ENCODINGS, Organ, Report, Site, whole_title
from tests.spiders.mock.third_frame import MENUS, frame, home_path, homes, style_of
from tests.spiders.mock.third_lists import SYSTEMS, address_of

ARRANGEMENTS = ("own", "own", "own", "gathered", "gathered", "by-organ", "by-year", "matrix", "years-own")
TITLES = ("full", "short", "about", "work", "paren", "order", "bare", "year", "abbr", "plain-year", "published-year")
ARTICLES = (
    "inline",
    "inline",
    "inline",
    "pdf",
    "download",
    "viewer",
    "frame",
    "stub",
    "straight",
    "opened",
    "both",
    "index-table",
)
BLOCKED, GONE = {"blocked"}, {"soft_404", "moved", "redesigned", "partial"}
OUTAGES = {
    "refuse": {"unreachable"}, "reset": {"unreachable"}, "tls-down": {"unreachable"},
    "521": BLOCKED, "412": BLOCKED, "403": BLOCKED, "429": BLOCKED, "two-bytes": BLOCKED, "captcha": BLOCKED, "your-ip": BLOCKED,
    "503": {"server_error"}, "upkeep": {"server_error"}, "robots": {"robots"},
    "soft-404": GONE, "all-404": GONE | {"not_found"}, "parked": GONE | BLOCKED, "shell": GONE | {"server_error"},
    "emptied": {"redesigned", "partial"}, "lists-403": BLOCKED | {"partial", "redesigned"},
}  # fmt: skip
_LOOKALIKE = (
    "{p}县人民政府网站2023年度工作报表", "{p}县2023年法治政府建设年度报告", "{p}县2023年度部门决算公开情况说明",
    "《{p}县2023年政府信息公开工作年度报告》政策解读", "一图读懂｜{p}县2023年政府信息公开年报", "2023年政府信息公开工作年度报告模板（参考）",
    "【转载】省政府办公厅2023年政府信息公开工作年度报告", "关于做好2023年度政府信息公开工作年度报告编制和发布工作的通知",
    "{p}县2023年政务公开工作总结", "{p}县气象局2023年政府信息公开工作年度报告", "{p}县政府信息公开指南（2023年修订）",
    "{p}县2023年政府信息公开工作年度报告公布情况通报",
)  # fmt: skip


@dataclass
class Place(Site):
    """A site that may have gone over to https: whatever is asked for by http is answered by a 301."""

    secure: bool = False


def draw(seed: int, sites: int = 24, organs: int = 120) -> list[Site]:
    random = Random(f"third {seed}")
    families, outages = list(SYSTEMS), list(OUTAGES)
    random.shuffle(outages)
    drawn: list[Site] = []
    for n in range(sites):
        encoding, charset = random.choice(ENCODINGS)
        first, second = random.sample("云霞松岭白鹤青龙金沙银杏红枫紫荆", 2)
        site = Place(
            key=f"s{n}", place=f"{first}{second}", address=f"127.88.{seed % 250}.{n + 1}", family=families[(n * 5 + seed) % len(families)],
            arrangement=random.choice(ARRANGEMENTS), menu=random.choice(MENUS), encoding=encoding, charset=charset,
            outage=outages[n // 4 % len(outages)] if n % 4 == 3 else None, redesigned=n % 7 == 2, moved=random.choice(("404", "home", "301", "note")),
            stranger=False, secure=n % 6 == 1,
        )  # fmt: skip
        _people(site, random, organs // sites)
        drawn.append(site)
    return drawn


def _people(site: Site, random: Random, count: int) -> None:
    place = f"{site.place}县"
    names = [(f"{place}人民政府", (place, f"{place}政府"), "government", "/")]
    for at in random.sample(range(len(DEPARTMENTS)), min(count, 8)):
        names.append((f"{place}{DEPARTMENTS[at]}", (f"县{DEPARTMENTS[at]}",), "department", f"/bm/b{at}/"))
    names.insert(
        2,
        (
            f"{place}{random.choice('石柳桥马')}{random.choice('塘坝湾庄')}{random.choice('镇乡')}人民政府",
            (),
            "township",
            "/xz/x1/",
        ),
    )
    for n, (name, aliases, kind, folder) in enumerate(names[:count]):
        own = site.arrangement in ("own", "years-own", "by-organ")
        variant = random.choice(TITLES if own else TITLES[:6])
        organ = Organ(
            f"{site.key}-{n}", name, aliases, kind, folder, random.choice(("column", "home", "home", "home", "both")), random.random() < 0.7,
            variant, random.choice(ARTICLES), f"{site.key}-0" if n else "", site.outage == "emptied" or random.random() < 0.9,
        )  # fmt: skip
        site.organs.append(organ)
        for year in [*(range(2018, 2023) if organ.exists_before else ()), *([2023] if organ.publishes else ())]:
            day = date(year + 1, 1, 5) + timedelta(days=random.randrange(26))
            number = 3000 + len(site.reports) * 7 + random.randrange(5)
            title = title_of(organ, year, organ.variant if year == 2023 else random.choice(("full", "short", "work")))
            site.reports.append(Report(organ, year, day, title, organ.article if year == 2023 else "inline", number))


def title_of(organ: Organ, year: int, variant: str) -> str:
    name = organ.name
    short = name.removesuffix("人民政府")
    abbr = {"卫生健康局": "卫健局", "交通运输局": "交通局", "农业农村局": "农业农村局"}
    return {
        "full": f"{name}{year}年政府信息公开工作年度报告",
        "short": f"{short}{year}年度政府信息公开年报",
        "about": f"{name}关于{year}年度政府信息公开工作情况的报告",
        "work": f"{name}{year}年度政府信息公开工作报告",
        "paren": f"{name}政府信息公开工作年度报告（{year}年）",
        "order": f"{year}年{short}政府信息公开年度报告",
        "bare": f"{year}年政府信息公开年度报告",
        "year": f"{year}年度",
        "abbr": f"{next((short.replace(long, other) for long, other in abbr.items() if long in short), short)}{year}年政府信息公开工作年度报告",
        "plain-year": f"政府信息公开年报{year}",
        "published-year": f"{year + 1}年政府信息公开工作年度报告",  # named by the year in which it came out
    }[variant]


def article_url(site: Site, report: Report, generation: int) -> str:
    n, day = report.number * 10 + generation, report.day
    end = "pdf" if report.article == "straight" else None
    match site.family:
        case "ucap-div":
            return f"/c{n % 900 + 100}/{day:%Y%m}/{n:032x}.{end or 'shtml'}"
        case "vsb-numbers":
            return f"/__local/A/{n:032X}_1.pdf" if end else f"/info/{n % 90 + 1010}/{n}.htm"
        case "jcms-units" | "jcms-search":
            return f"/attach/0/{n:032x}.pdf" if end else f"/art/{day.year}/{day.month}/{day.day}/art_{n % 97}_{n}.html"
        case "jpaas-fixed":
            return f"/cms_files/f{n}.pdf" if end else f"/art/{day.year}/art_{crc32(str(n).encode()):032x}.html"
        case "gkmlpt-hash":
            return f"/attachment/{n}.pdf" if end else f"/gkmlpt/content/3/{n // 10}/post_{n}.html"
        case "org-query":
            return f"/artview/{n}.pdf" if end else f"/artview/{n:08x}-77aa-11ee-b9d1-0242ac120002.html"
        case "spa-post" | "tree":
            return f"/file/{n}.pdf" if end else f"/detail/{1700000000000000000 + n}"
        case "phpcms":
            return f"/uploadfile/{n}.pdf" if end else f"/index.php?m=content&c=index&a=show&catid=34&id={n}"
        case "frame-query":
            return f"/upload/{n}.pdf" if end else f"/NewsShow.aspx?id={n}"
        case _:
            return f"{report.organ.folder}{day:%Y%m}/{'P0' if end else 't'}{day:%Y%m%d}_{n}.{end or 'html'}"


def article(site: Site, report: Report, url: str) -> Answers:
    title, day, year = whole_title(report), str(report.day), report.year
    stem = f"/files/{report.number}"
    head = f'<meta name="ArticleTitle" content="{title}"/><meta name="PubDate" content="{day} 16:03"/>'
    line = f"<p class=info>来源：{report.organ.name}　时间：{day} 16:03　字号：大 中 小</p>"
    pdf = Answer(write_pdf(document_of(title, year)), "application/pdf")
    body, more = f"<p>{title}全文附后。</p>", Answers()
    match report.article:
        case "straight":
            return {url: pdf}
        case "pdf":
            body, more = f'<p>附件：<a href="{stem}.pdf" target=_blank>{title}</a></p>', {f"{stem}.pdf": pdf}
        case "download":
            call = f"/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=15&wbfileid={report.number}"
            body += f'附件【<a href="{call}">{report.organ.name}年报.docx</a>】'
            more = {
                call: Answer(
                    write_docx(document_of(title, year)), "text/html", disposition=f"{report.organ.name}年报.docx"
                )
            }
        case "viewer":
            body = f'<iframe src="/js/pdfjs/web/viewer.html?file={quote(f"{stem}.pdf", safe="")}#page=1" width=100% height=900></iframe>'
            more = {f"{stem}.pdf": pdf}
        case "frame":
            body, more = (
                f'<iframe src="{stem}.html" id=txt></iframe>',
                {f"{stem}.html": Answer(f"<html><body>{html_of(title, year)}</body></html>")},
            )
        case "opened":
            body, more = (
                f'<a href="javascript:;" onclick="window.open(\'{stem}.pdf\')">点击查看{title}</a>',
                {f"{stem}.pdf": pdf},
            )
        case "both":
            body, more = html_of(title, year) + f'<a href="{stem}.pdf">{title}.pdf</a>', {f"{stem}.pdf": pdf}
        case "index-table":
            head, line = (
                "",
                f"<table border=1><tr><td>索引号</td><td>99-{report.number}</td><td>发文日期</td><td>{report.day.year}年{report.day.month}月{report.day.day}日</td></tr><tr><td>发布机构</td><td>{report.organ.name}</td><td>名称</td><td>{title}</td></tr></table>",
            )
            body = html_of(title, year)
        case _:
            body = html_of(title, year)
    page = frame(
        site,
        title,
        f'<h1 class="title">{title}</h1>{line}<div id="zoom">{body}</div><p>上一篇：<a href="/xw/0.html">关于假期值班的通知</a></p>',
        head,
    )
    if report.article == "stub":
        there = f"/moved/{report.number}.html"
        return {
            url: Answer(
                f'<html><head><meta http-equiv="refresh" content="0;url={there}"></head><body>正在跳转</body></html>'
            ),
            there: Answer(page),
        }
    return {url: Answer(page), **more}


def build(site: Site, round_: int) -> Answers:
    generation = 1 if site.redesigned and round_ == 2 else 0
    disallow = "/" if site.outage == "robots" and round_ == 2 else "/manage/"
    answers: Answers = {"/robots.txt": Answer(f"User-agent: *\nDisallow: {disallow}\n", "text/plain")}
    rows: dict[str, list[Row]] = {organ.id: [] for organ in site.organs}
    for report in sorted(site.reports, key=lambda one: one.day, reverse=True):
        if report.year == 2023 and round_ == 1 and report.day.day > 20:
            continue
        url = article_url(site, report, generation)
        answers |= article(site, report, url)
        rows[report.organ.id].append((str(report.day), url, report.title))
    answers |= {
        url: Answer(frame(site, text, f"<h1>{text}</h1><p>{text}。各有关单位，请认真贯彻。</p>"))
        for _, url, text in lookalikes(site)
    }
    columns = _columns(site, rows, generation, answers, round_)
    answers |= homes(site, columns)
    if generation:
        for organ in site.organs:
            old, new = column_path(site, organ, 0), columns[organ.id]
            gone: Page = (
                Answer("", status=301, location=new) if site.moved == "301" else Answer("", status=302, location="/")
            )
            if site.moved == "note":
                gone = Answer(frame(site, "栏目迁移", f'<p>本栏目已迁移，请访问<a href="{new}">新栏目</a>。</p>'))
            if site.moved != "404" and "#" not in old:
                answers.setdefault(old, gone)
    return answers


def lookalikes(site: Site) -> list[Row]:
    return [(f"2024-01-{n + 6:02}", f"/xxgk/q{n}.html", text.format(p=site.place)) for n, text in enumerate(_LOOKALIKE)]


def _base(site: Site, organ: Organ, generation: int) -> str:
    shared = site.arrangement not in ("own", "years-own")
    return f"{('/zfxxgk/' if generation == 0 else '/gongkai/') if shared else organ.folder}{('zfxxgknb/', 'ndbg/')[generation]}"


def column_path(site: Site, organ: Organ, generation: int) -> str:
    base = _base(site, organ, generation)
    return address_of(site.family, base) if site.arrangement in ("own", "gathered") else base


def _columns(site: Site, rows: dict[str, list[Row]], generation: int, answers: Answers, round_: int) -> dict[str, str]:
    paths = {organ.id: column_path(site, organ, generation) for organ in site.organs}
    emptied = site.outage == "emptied" and round_ == 2
    every = [] if emptied else sorted((row for group in rows.values() for row in group), reverse=True)
    alike, empty = lookalikes(site), ("内容更新中", "暂无数据", "", "没有找到相关信息")[style_of(site) % 4]

    def put(path: str, title: str, some: list[Row]) -> str:
        answers.update(SYSTEMS[site.family](site, path, title, [] if emptied else some, empty))
        return address_of(site.family, path)

    base = {organ.id: _base(site, organ, generation) for organ in site.organs}
    top = next(iter(base.values()))
    for n, organ in enumerate(site.organs):
        mine, path = rows[organ.id], base[organ.id]
        if site.arrangement == "own":
            some = alike[n % 4 :: 4] if mine else []
            put(path, "政府信息公开年报", [*some[:1], *mine, *some[1:]])
        elif site.arrangement == "years-own":
            years = sorted({int(row[0][:4]) - 1 for row in mine} | {2022}, reverse=True)
            links = {
                year: put(
                    f"{path}{year}/", f"{year}年政府信息公开年报", [row for row in mine if int(row[0][:4]) - 1 == year]
                )
                for year in years
            }
            answers[path] = Answer(
                frame(
                    site,
                    "政府信息公开年报",
                    "".join(f'<li><a href="{link}">{year}年</a></li>' for year, link in links.items()),
                )
            )
    match site.arrangement:
        case "gathered":
            put(top, "政府信息公开年报", sorted([*every, *alike], reverse=True) if every else [])
        case "by-organ":
            links = "".join(
                f'<li><a href="{put(f"{top}{organ.id}/", f"{organ.name}年报", rows[organ.id])}">{organ.name.removeprefix(site.place + "县")}</a></li>'
                for organ in site.organs
            )
            answers[top] = Answer(
                frame(site, "政府信息公开年报", f"<h3>各部门、乡镇政府信息公开年报</h3><ul>{links}</ul>")
            )
        case "by-year":
            years = sorted({int(row[0][:4]) - 1 for row in every} | {2022}, reverse=True)
            links = "".join(
                f'<a href="{put(f"{top}{year}/", f"{year}年度", [row for row in every if int(row[0][:4]) - 1 == year])}">{year}年度报告</a>'
                for year in years
            )
            answers[top] = Answer(frame(site, "政府信息公开年报", links))
        case "matrix":
            lines = (
                ""
                if emptied
                else "".join(
                    f"<tr><td>{organ.name.removeprefix(site.place + '县')}</td><td>{'　'.join(f'<a href={url} target=_blank>{int(day[:4]) - 1}</a>' for day, url, _ in rows[organ.id]) or '—'}</td></tr>"
                    for organ in site.organs
                )
            )
            answers[top] = Answer(
                frame(site, "政府信息公开年报", f"<table><tr><th>单位名称</th><th>年度报告</th></tr>{lines}</table>")
            )
    return paths


_WALLS = {
    "521": Answer('<script>document.cookie="__jsluid_h=8a";var go=function(){location.reload()};setTimeout(go,1500)</script>', status=521),
    "412": Answer('<!DOCTYPE html><html><head><meta charset="utf-8"><script r="m">var $_ts={};$_ts.cd="qE1"</script></head><body onload="_$z()"></body></html>', status=412),
    "403": Answer("<html><head><title>403 Forbidden</title></head><body><center><h1>403 Forbidden</h1></center><hr><center>openresty</center></body></html>", status=403),
    "429": Answer("Too Many Requests", "text/plain", status=429),
    "two-bytes": Answer("\n\n"),
    "captcha": Answer("<html><head><title>人机验证</title></head><body><div>为了保障网站安全，请拖动滑块完成拼图验证</div><img src=/captcha.jpg><script src=/slide.js></script></body></html>"),
    "your-ip": Answer("<html><body><h2>您的IP（127.0.0.1）因异常访问已被系统自动封禁</h2><p>如有疑问请联系网站管理员</p></body></html>"),
    "503": Answer("<html><body><b>Http/1.1 Service Unavailable</b></body></html>", status=503),
    "upkeep": Answer("<html><title>系统升级公告</title><body><p>尊敬的用户：因机房搬迁，本网站自即日起暂停访问，恢复时间另行通知。</p></body></html>"),
    "parked": Answer("<html><head><title>该域名正在出售</title></head><body>This domain is for sale. 此域名出售，联系QQ 10000</body></html>"),
    "reset": Answer("", fault="reset"),
}  # fmt: skip


def outage_of(site: Site, round_: int, path: str, answers: Answers) -> Answer | None:
    kind = site.outage if round_ == 2 else None
    if kind is None or path.startswith("/robots.txt"):
        return None
    if kind in _WALLS:
        return _WALLS[kind]
    listed = any(
        mark in path for mark in ("zfxxgknb", "ndbg", "/module/", "/api", "/app/news", "/search/jsonp", "/gkmlpt/")
    )
    match kind:
        case "tls-down":
            return Answer("", status=301, location=f"https://{site.address}:9{path}")
        case "soft-404" if path != "/":
            return Answer(frame(site, "出错了", "<p>您访问的页面走丢了，3秒后返回首页</p>"))
        case "all-404":
            return Answer("<h1>Not Found</h1>", status=404)
        case "shell":
            return (
                Answer(
                    '<!doctype html><html><head><title>门户</title></head><body><noscript>请启用JavaScript</noscript><div id="root"></div><script src="/assets/index-0af3.js"></script></body></html>'
                )
                if "assets" not in path
                else Answer("x", status=502)
            )
        case "lists-403" if listed:
            return Answer("<h1>403 Forbidden</h1>", status=403)
    return None


__all__ = ["OUTAGES", "SYSTEMS", "article_url", "build", "column_path", "draw", "home_path", "outage_of"]
