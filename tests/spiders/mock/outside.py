# ruff: noqa: E501
"""A second drawn province, by another hand: other systems, other ways in, other look-alikes, other faults.

`draw` in plan.py draws it with KINDS below; `build` makes a site's pages in a round.
"""

from __future__ import annotations

import html

from tests.spiders.mock.answers import Answer, Answers, Page, Row
from tests.spiders.mock.outside_article import article
from tests.spiders.mock.outside_frame import MENUS, frame, home, number_of
from tests.spiders.mock.outside_lists import CALLED, SYSTEMS, address_of
from tests.spiders.mock.plan import Kinds, Organ, Report, Site

OUTAGES = {
    "cookie-200": {"blocked"},
    "521": {"blocked"},
    "412": {"blocked"},
    "two-bytes": {"blocked"},
    "waf-en": {"blocked"},
    "hang-up": {"unreachable", "partial"},
    "soft-404": {"soft_404", "moved", "partial"},
    "home-for-all": {"moved", "redesigned", "soft_404", "partial"},
    "login": {"blocked", "moved", "redesigned", "soft_404", "partial"},
    "moved-notice": {"moved", "redesigned", "soft_404", "partial", "server_error"},
    "rebuilding": {"server_error", "partial", "redesigned"},
    "calls-500": {"server_error", "partial", "redesigned"},
    "calls-refused": {"blocked", "partial", "redesigned", "server_error"},
    "emptied": {"redesigned", "partial"},
    "strange-list": {"redesigned", "partial"},
    "cut": {"partial", "unreachable", "server_error", "redesigned"},
}
KINDS = Kinds(
    families=tuple(SYSTEMS),
    arrangements=("own", "own", "gathered", "matrix", "organ-options", "year-tabs", "year-organ", "two-columns"),
    menus=MENUS,
    outages=tuple(OUTAGES),
    titles=("full", "short", "bare", "cut", "generic", "no-year", "numerals", "brackets", "notice", "order", "alias", "spaced"),
    articles=("inline", "inline", "attachment", "embed", "object", "viewer-encoded", "script-date", "text-date", "no-date", "straight", "jump", "doc-gbk", "pages", "frames"),
    moved=("404", "home", "301", "frozen", "frozen-bare"),
)  # fmt: skip
_JUNK = (
    "{p}县2023年政府信息公开工作年度报告解读", "【图解】{p}县2023年政府信息公开年报", "{p}县2023年政府信息公开工作总结",
    "{p}县政府信息公开指南（2023年版）", "{p}县2023年法治政府建设情况报告", "{p}县人民政府网站2023年度工作报表",
    "转发：省人民政府2023年政府信息公开工作年度报告", "关于报送2023年政府信息公开工作年度报告的通知", "2023年度部门决算公开",
    "{p}县气象台2023年政府信息公开工作年度报告", "{p}县2023年政务公开工作要点落实情况", "2023年政府信息公开工作年度报告（模板）",
)  # fmt: skip


def article_url(site: Site, report: Report, generation: int) -> str:
    """By the system's habit; some say neither year nor day."""
    day, n = report.day, report.number * 10 + generation
    straight = report.article == "straight"
    match site.family:
        case "vsb-down":
            return f"/info/13{n % 100:02}/{n}.htm" if not straight else f"/__local/{n:032X}.pdf"
        case "jcms-store" | "jcms-post" | "jcms-annual":
            return (
                f"/art/{day.year}/{day.month}/{day.day}/art_{n % 97}_{n}.html"
                if not straight
                else f"/attach/0/{n:032x}.pdf"
            )
        case "jpaas-pages":
            return f"/art/{day.year}/art_{n:032x}.html" if not straight else f"/cms_files/{n}.pdf"
        case "ucap-input":
            return f"/c134066/{day:%Y%m}/{n:032x}.{'shtml' if not straight else 'pdf'}"
        case "gkmlpt-config":
            return f"/gkmlpt/content/{n // 10000}/{n // 10}/post_{n}.html" if not straight else f"/attachment/0/{n}.pdf"
        case "gd-post":
            return f"/content/post_{n}.html" if not straight else f"/attachment/0/5/{n}.pdf"
        case "openness":
            return f"/OpennessAnnualReport/show/{n}{'.pdf' if straight else '.html'}"
        case "odd-post" | "frame-list":
            return f"/artview/195/{n}.{'pdf' if straight else 'html'}"
        case "postback":
            return f"/show.aspx?id={n}" if not straight else f"/upload/{n}.pdf"
        case _:
            return f"{report.organ.folder}{day:%Y%m}/{'P' if straight else 't'}{day:%Y%m%d}_{n}.{'pdf' if straight else 'html'}"


def build(site: Site, round_: int) -> Answers:
    """Every page of a site in a round; robots.txt names the site map that has no link."""
    generation = 1 if site.redesigned and round_ == 2 else 0
    robots = "User-agent: *\nDisallow: /admin\n" + ("Sitemap: /map/index.xml\n" if site.menu == "robots-map" else "")
    answers: Answers = {"/robots.txt": Answer(robots, "text/plain")}
    out = [one for one in site.reports if not (one.year == 2023 and round_ == 1 and one.day.day > 20)]
    rows: dict[str, list[Row]] = {organ.id: [] for organ in site.organs}
    for report in sorted(out, key=lambda one: one.day, reverse=True):
        url = article_url(site, report, generation)
        answers |= article(site, report, url)
        rows[report.organ.id].append((str(report.day), url, report.title))
    columns = _columns(site, rows, generation, answers, round_)
    found = [(article_url(site, report, generation), report) for report in out]
    for organ in site.organs:
        own = organ if organ.folder != "/" else None
        mine = [pair for pair in found if own is None or pair[1].organ is organ]
        answers |= home(site, own, columns[organ.id], mine)
    if generation:
        _leave_behind(site, answers, rows)
    return answers


def column_path(site: Site, organ: Organ, generation: int) -> str:
    name = ("nb/", "xxgknb/")[generation]
    folder = (
        organ.folder if site.arrangement in ("own", "two-columns", "year-tabs") else ("/xxgk0/", "/zfxxgk/")[generation]
    )
    return address_of(site.family, f"{folder}{name}") if _direct(site) else f"{folder}{name}"


def _direct(site: Site) -> bool:
    """The column is a list itself, not a page that leads to lists."""
    return site.arrangement in ("own", "gathered")


def _columns(site: Site, rows: dict[str, list[Row]], generation: int, answers: Answers, round_: int) -> dict[str, str]:
    paths = {organ.id: column_path(site, organ, generation) for organ in site.organs}
    junk = [(f"2024-01-{n + 3:02d}", f"/xxgk/j{n}.html", text.format(p=site.place)) for n, text in enumerate(_JUNK)]
    answers.update(
        {
            url: Answer(frame(site, text, f"<h2>{text}</h2><p>{text}。有关单位：现将有关事项通知如下。</p>"))
            for _, url, text in junk
        }
    )
    emptied = site.outage in ("emptied", "strange-list") and round_ == 2

    def put(path: str, title: str, some: list[Row], extra: list[Row]) -> str:
        shown = [] if emptied else some
        extra = (
            [(day, url, f"我县召开第{n}次会议") for n, (day, url, _) in enumerate(junk)]
            if emptied and site.outage == "strange-list"
            else extra
            if shown
            else []
        )
        answers.update(SYSTEMS[site.family](site, path, title, [*extra[:2], *shown, *extra[2:]], "内容更新中……"))
        return address_of(site.family, path)

    base = {organ.id: f"{_folder(site, organ, generation)}{('nb/', 'xxgknb/')[generation]}" for organ in site.organs}
    everybody = sorted((row for group in rows.values() for row in group), reverse=True)
    top = next(iter(base.values()))
    match site.arrangement:
        case "own":
            for organ in site.organs:
                strangers = [row for row in junk if site.stranger or "气象台" not in row[2]]
                put(base[organ.id], "信息公开年报", rows[organ.id], strangers[number_of(site) % 4 :: 4])
        case "gathered":
            put(top, "政府信息公开年报（集中发布）", everybody, junk)
        case "matrix":
            lines = "".join(
                f"<tr><td>{organ.name}</td><td>{' '.join(f'<a href={url}>{int(day[:4]) - 1}年</a>' for day, url, _ in rows[organ.id])}</td></tr>"
                for organ in site.organs
            )
            answers[top] = Answer(
                frame(
                    site,
                    "政府信息公开年报",
                    "内容更新中"
                    if emptied
                    else f"<table border=1><tr><th>单位</th><th>年度报告</th></tr>{lines}</table>",
                )
            )
        case "organ-options":
            links = {
                organ.id: put(f"{top}{organ.id}/", f"{organ.name}信息公开年报", rows[organ.id], [])
                for organ in site.organs
            }
            options = "".join(f'<option value="{links[organ.id]}">{organ.name}</option>' for organ in site.organs)
            answers[top] = Answer(
                frame(
                    site,
                    "政府信息公开年报",
                    f'请选择单位：<select onchange="window.open(this.value)"><option value="">--</option>{options}</select>',
                )
            )
        case "year-tabs":
            for organ in site.organs:
                answers[base[organ.id]] = Answer(
                    frame(site, "政府信息公开年报", "内容更新中" if emptied else _tabs(rows[organ.id]))
                )
        case "year-organ":
            years = sorted({int(day[:4]) - 1 for day, _, _ in everybody} | {2022}, reverse=True)
            answers[top] = Answer(
                frame(site, "政府信息公开年报", "".join(f'<a href="{top}{year}/">{year}年度</a>' for year in years))
            )
            for year in years:
                links = "".join(
                    f'<li><a href="{put(f"{top}{year}/{organ.id}/", f"{organ.name}{year}年", [row for row in rows[organ.id] if int(row[0][:4]) - 1 == year], [])}">{organ.name}</a></li>'
                    for organ in site.organs
                )
                answers[f"{top}{year}/"] = Answer(frame(site, f"{year}年度", f"<ul>{links}</ul>"))
        case _:  # two-columns: the newest two years, and the others in a column of old ones
            for organ in site.organs:
                path, mine = base[organ.id], rows[organ.id]
                new = put(f"{path}x/", "年度报告", [row for row in mine if row[0] >= "2023"], [])
                old = put(f"{path}l/", "历年年度报告", [row for row in mine if row[0] < "2023"], [])
                answers[path] = Answer(
                    frame(site, "信息公开年报", f'<a href="{new}">年度报告</a> <a href="{old}">历年年度报告</a>')
                )
    return paths


def _folder(site: Site, organ: Organ, generation: int) -> str:
    return (
        organ.folder if site.arrangement in ("own", "two-columns", "year-tabs") else ("/xxgk0/", "/zfxxgk/")[generation]
    )


def _tabs(rows: list[Row]) -> str:
    if not rows:
        return "<p>暂无内容</p>"
    heads = "".join(f"<li onclick=tab({n})>{int(day[:4]) - 1}</li>" for n, (day, _, _) in enumerate(rows))
    boxes = "".join(
        f'<div id=t{n} style="display:{"none" if n else ""}"><a href="{url}">{html.escape(title)}</a> {day}</div>'
        for n, (day, url, title) in enumerate(rows)
    )
    return f"<ul>{heads}</ul>{boxes}<script>function tab(n){{for(var i=0;i<{len(rows)};i++)document.getElementById('t'+i).style.display=i==n?'':'none'}}</script>"


def _leave_behind(site: Site, answers: Answers, rows: dict[str, list[Row]]) -> None:
    """The old addresses after a redesign; `frozen`: they go on showing what they showed, and never anything new."""
    before = Answers()
    if site.moved.startswith("frozen"):
        old = {organ: [row for row in group if row[0] < "2024"] for organ, group in rows.items()}
        _columns(site, old, 0, before, 1)
        if site.moved == "frozen":  # in today's furniture, with a link to the new column
            before = {path: _with(answer, _note(site, path)) for path, answer in before.items()}
        answers.update({path: answer for path, answer in before.items() if path not in answers})
        return
    for organ in site.organs:
        old_path, new = column_path(site, organ, 0), column_path(site, organ, 1)
        if site.moved == "301":
            answers[old_path] = Answer("", status=301, location=new)
        elif site.moved == "home":
            answers[old_path] = Answer("", status=302, location="/")


def _note(site: Site, path: str) -> str:
    organ = max((one for one in site.organs if path.startswith(one.folder)), key=lambda one: len(one.folder))
    return f'<div>栏目：<a href="{column_path(site, organ, 1)}">政府信息公开年报</a></div>'


def _with(answer: Page, note: str) -> Page:
    if (
        isinstance(answer, Answer)
        and isinstance(answer.body, str)
        and "</" in answer.body
        and answer.kind == "text/html"
    ):
        return Answer(
            answer.body.replace("</td></tr><tr><td align", f"{note}</td></tr><tr><td align")
            .replace("</main>", f"{note}</main>")
            .replace('<div id="ft">', f'{note}<div id="ft">')
        )
    return answer


_WALLS = {
    "cookie-200": Answer("<html><head><script>var _0x='e=a';document.cookie='acw_sc__v2='+_0x;document.location.reload();</script></head><body></body></html>"),
    "521": Answer("<script>document.cookie=('_')+('_jsl_clearance_s=17')+';max-age=3600';location.href=location.pathname+location.search</script>", status=521),
    "412": Answer('<!DOCTYPE html><html><head><meta id="9DhefwqGPrzGxEp9hPaoag" content="x"><script>$_ts=window["$_ts"];if(!$_ts)$_ts={};</script></head><body></body></html>', status=412),
    "two-bytes": Answer("ok"),
    "waf-en": Answer("<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Please consult with your administrator.<br>Your support ID is: 18273</body></html>"),
    "hang-up": Answer("", fault="reset"),
    "login": Answer('<html><title>统一身份认证</title><form><input name=username placeholder=用户名><input type=password name=pw><button>登 录</button></form></html>'),
    "moved-notice": Answer("<html><body><h3>域名变更公告</h3><p>本网站已于近日迁移至新域名，请访问新网站，旧网站停止更新。</p></body></html>"),
    "rebuilding": Answer("<html><title>系统维护</title><body><h2>系统升级维护中，请稍后访问</h2></body></html>"),
}  # fmt: skip


def outage_of(site: Site, round_: int, path: str, answers: Answers) -> Answer | None:
    """What stands in the way of one address in this round; None when it is as it was built."""
    kind = site.outage if round_ == 2 else None
    if kind is None or path.startswith("/robots.txt"):
        return None
    if kind in _WALLS:
        return _WALLS[kind]
    if kind == "soft-404" and path != "/":
        return Answer(frame(site, "提示信息", "<div class=err>抱歉，您要查看的内容找不到了！<br>可能已被移除</div>"))
    if kind == "home-for-all":
        page = answers.get("/")
        return page if isinstance(page, Answer) else None
    called = site.family in CALLED and any(mark in path for mark in ("/module/", "/api-gateway/", "/api/"))
    listed = called if site.family in CALLED else "nb" in path
    if kind == "calls-500" and listed:
        return Answer("<h1>HTTP Status 500 - Internal Server Error</h1>", status=500)
    if kind == "calls-refused" and listed:
        if called:
            return Answer('{"code":401,"msg":"访问过于频繁","data":null}', "application/json")
        return Answer("<html>访问过于频繁，请稍后再试</html>")
    if kind == "cut" and listed:
        return Answer("", fault="cut")
    return None


def hidden(site: Site) -> bool:
    """The outage falls on what leads to the reports, whatever way one takes."""
    only_lists = site.outage in ("calls-500", "calls-refused", "cut")
    return not (only_lists and site.family in CALLED and site.arrangement in ("matrix", "year-tabs"))
