# ruff: noqa: E501
"""What stands around the pages of the outsiders' sites, and the ways from a home page to a list."""

from __future__ import annotations

import json

from tests.spiders.mock.answers import Answer, Answers, Asked
from tests.spiders.mock.plan import Organ, Report, Site

MENUS = (
    "direct", "hub", "hub", "image", "icon", "area", "options", "clicks", "written", "robots-map", "xml-map", "page-map",
    "search", "search-post", "frameset",
)  # fmt: skip
UNLINKED = ("robots-map", "xml-map", "page-map", "search", "search-post")


def number_of(site: Site) -> int:
    return int(site.key[1:])


def frame(site: Site, title: str, main: str, head: str = "") -> str:
    """Three houses' furniture."""
    name = f"{site.place}县人民政府"
    charset = "" if site.charset in ("", "ISO-8859-1") else f"<meta charset={site.charset}>"
    search = (
        '<form action="/search" method="get"><input name="q" placeholder="请输入关键字"><button>搜索</button></form>'
        if site.menu == "search"
        else '<form action="/api/so" method="post"><input type="hidden" name="siteCode" value="990000"><input type="text" name="keyword"><input type="submit" value="搜 索"></form>'
        if site.menu == "search-post"
        else ""
    )
    match number_of(site) % 3:
        case 0:
            return (
                f"<html xmlns='http://www.w3.org/1999/xhtml'><head><meta http-equiv='Content-Type' content='text/html; charset={site.charset or 'gb2312'}'>"
                f"<title>{name} {title}</title>{head}</head><body><table width=1000 align=center><tr><td><a href='/'>网站首页</a>|<a href='/yw/'>要闻动态</a>|<a href='/fw/'>政务服务</a>{search}</td></tr>"
                f"<tr><td>您现在的位置：<a href=/>首页</a> &gt; {title}</td></tr><tr><td>{main}</td></tr><tr><td align=center>版权所有：{name} 网站标识码：9900000001</td></tr></table></body></html>"
            )
        case 1:
            return (
                f'<!doctype html><html lang="zh-CN"><head>{charset}<meta name="sitename" content="{name}"><meta name="columnname" content="{title}"><title>{title} - {name}</title>{head}</head>'
                f'<body><header><nav><a href="/">首页</a><a href="/jd/">政策解读</a><a href="/hd/">互动</a></nav>{search}</header><main><h1>{title}</h1>{main}</main>'
                f'<aside><a href="/wx/">政务微信</a> <a href="/wb/">政务微博</a></aside><footer>主办：{name}办公室　<a href="/sitemap/">站点导航</a></footer></body></html>'
            )
        case _:
            return (
                f'<!DOCTYPE HTML><HTML><HEAD>{charset}<TITLE>{title}</TITLE>{head}<script src="/js/none.js"></script></HEAD><BODY class="v3"><div id="hd"><ul><li><a href="/">首 页</a></li><li><a href="/gk/zc/">政策文件</a></li>'
                f'<li><a href="/gk/jg/">机构职能</a></li></ul>{search}</div><div id="bd">{main}</div><div id="ft">{name}主办 登录 注册 <a href="http://www.gov.cn/">中国政府网</a></div></BODY></HTML>'
            )


def home(site: Site, organ: Organ | None, column: str, reports: list[tuple[str, Report]]) -> Answers:
    """An organ's home page, and the way from it to the column."""
    folder = organ.folder if organ else "/"
    name = organ.name if organ else f"{site.place}县人民政府"
    news = "".join(
        f'<li><a href="{folder}xw/{n}.htm">{text}</a></li>'
        for n, text in enumerate(("我县召开经济工作会议", "2023年工作总结和2024年工作计划", "关于春节放假的通知"))
    )
    menu = site.menu if folder == "/" or site.menu not in UNLINKED else "direct"
    main, more = _way(site, folder, column, reports, menu)
    page = Answer(frame(site, name, f"{main}<ul class=news>{news}</ul>"))
    if menu == "frameset":
        inner = {f"{folder}main.html": page}
        return {
            **more,
            **inner,
            folder: Answer(
                f'<html><frameset rows="80,*"><frame src="{folder}top.html"><frame src="{folder}main.html"></frameset></html>'
            ),
        }
    return {**more, folder: page}


def _way(site: Site, folder: str, column: str, reports: list[tuple[str, Report]], menu: str) -> tuple[str, Answers]:
    hub = f"{folder}xxgk/"
    guide = f'<a href="{folder}zn.htm">信息公开指南</a> <a href="{folder}zd.htm">信息公开制度</a> <a href="{folder}ysq.htm">依申请公开</a>'
    link = f'<a href="{column}">信息公开年报</a>'
    hub_page = {
        hub: Answer(frame(site, "政府信息公开", f"{guide} {link} <a href='{folder}fz/'>法治政府建设年度报告</a>"))
    }
    match menu:
        case "direct":
            return f"{guide}{link}", {}
        case "hub":
            return f'<a href="{hub}">政府信息公开</a>', hub_page
        case "image":
            return f'<a href="{hub}"><img src="/i/gk.png" alt="政府信息公开"></a>', {
                hub: Answer(
                    frame(
                        site,
                        "政府信息公开",
                        f'{guide}<a href="{column}"><img src="/i/nb.png" alt="政府信息公开年报"></a>',
                    )
                )
            }
        case "icon":
            return f'<a class="ico1" href="{column}" title="政府信息公开年报"></a>', {}
        case "area":
            return (
                f'<img src="/i/nav.png" usemap="#m"><map name="m"><area shape="rect" coords="0,0,9,9" href="{column}" alt="政府信息公开年报"></map>',
                {},
            )
        case "options":
            return (
                f'<select onchange="location.href=this.value"><option>请选择</option><option value="{folder}zn.htm">政府信息公开指南</option><option value="{column}">政府信息公开年报</option></select>',
                {},
            )
        case "clicks":
            return f"<div class=nav onclick=\"location.href='{column}'\">政府信息公开年报</div>", {}
        case "written":
            items = json.dumps([["机构概况", f"{folder}jg.htm"], ["信息公开年报", column]], ensure_ascii=False)
            script = f"var menu={items};for(var i=0;i<menu.length;i++)document.write('<a href=\"'+menu[i][1]+'\">'+menu[i][0]+'</a>');"
            return f'<script src="{folder}js/menu.js"></script>', {
                f"{folder}js/menu.js": Answer(script, "application/javascript; charset=utf-8")
            }
        case "frameset":
            return link, {f"{folder}top.html": Answer("<html><body>欢迎</body></html>")}
        case "page-map":
            return "", {"/sitemap.html": Answer(frame(site, "网站地图", f"{guide} {link}"))}
        case "robots-map" | "xml-map":
            places = "".join(f"<url><loc>{place}</loc></url>" for place in ("/", "/yw/", column))
            name = "/map/index.xml" if menu == "robots-map" else "/sitemap.xml"
            return "", {
                name: Answer(
                    f"<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{places}</urlset>",
                    "text/xml",
                )
            }
        case _:
            return "", _search(site, reports, "/search" if menu == "search" else "/api/so")


def _search(site: Site, reports: list[tuple[str, Report]], address: str) -> Answers:
    """Finds titles that have every word asked for; ten at most, the newest first."""

    def answer(asked: Asked) -> Answer:
        word = (asked.get("q") or asked.get("keyword") or "").strip()
        found = [(url, one) for url, one in reports if word and all(part in one.title for part in word.split())]
        found.sort(key=lambda pair: pair[1].day, reverse=True)
        rows = "".join(
            f'<div class="res"><a href="{url}">{one.title.replace("政府信息公开", "<em>政府信息公开</em>")}</a><p>{one.day}</p></div>'
            for url, one in found[:10]
        )
        return Answer(frame(site, "搜索结果", f"共找到{len(found)}条结果{rows}"))

    return {address: answer}
