# ruff: noqa: E501
"""What stands around the third province's pages, and the ways from a home page to its reports."""

from __future__ import annotations

import json

from tests.spiders.mock.answers import Answer, Answers
from tests.spiders.mock.plan import Organ, Site

MENUS = (
    "direct",
    "hub",
    "deep",
    "splash",
    "script-jump",
    "frame-nav",
    "script-nav",
    "buttons",
    "directory",
    "directory",
    "tabs",
    "catalogue",
)


def style_of(site: Site) -> int:
    return int(site.key[1:])


def frame(site: Site, title: str, main: str, head: str = "") -> str:
    name = f"{site.place}县人民政府"
    charset = (
        f'<meta http-equiv="Content-Type" content="text/html; charset={site.charset}">'
        if site.charset not in ("", "ISO-8859-1")
        else ""
    )
    if style_of(site) % 2:
        return (
            f'<!DOCTYPE html><html><head>{charset}<meta name="SiteName" content="{name}"><meta name="ColumnName" content="{title}"><title>{title}-{name}门户网站</title>{head}<script src="/js/stat.js"></script></head>'
            f'<body><div class="header"><a href="/">首页</a><a href="/zjwm/">走进{site.place}</a><a href="/hdjl/">互动交流</a><a href="/zwfw/">政务服务</a><input id="kw" placeholder="请输入搜索内容"></div>'
            f'<div class="wrap">{main}</div><div class="footer"><p>主办：{name}办公室 备ICP备99000001号 公安备案 99000002000001</p><a href="/wzdt/">网站地图</a> <a href="/lxwm/">联系我们</a></div></body></html>'
        )
    return (
        f"<html>\n<head>{charset}<title>{name}</title>{head}</head>\n<body bgcolor=#ffffff><!-- 头部 --><table><tr><td><a href=/ >首页</a></td><td><a href=/zwdt/ >政务动态</a></td><td><a href=/ztzl/ >专题专栏</a></td></tr></table>"
        f"<p>当前位置：首页 &gt; {title}</p>{main}<hr><center>{name}版权所有　网站标识码9900000017</center></body></html>"
    )


def home_path(site: Site, organ: Organ) -> str:
    """What the register calls an organ's home page: where departments have none, the portal's."""
    return "/" if site.menu == "directory" else organ.folder


def homes(site: Site, columns: dict[str, str]) -> Answers:
    """All home pages of a site, and what lies between them and the columns."""
    answers: Answers = {"/js/stat.js": Answer("var hit=1;", "text/javascript")}
    for organ in site.organs:
        answers |= _way(site, organ, columns[organ.id])
    if site.menu == "directory":
        links = "".join(
            f'<li><a href="{organ.folder}">{organ.name}</a></li>' for organ in site.organs if organ.folder != "/"
        )
        government = next((organ for organ in site.organs if organ.folder == "/"), None)
        own = f'<a href="{columns[government.id]}">政府信息公开年报</a>' if government else ""
        answers["/"] = Answer(frame(site, "首页", f'{_NEWS}<a href="/zwgk/">政务公开</a>'))
        answers["/zwgk/"] = Answer(
            frame(
                site,
                "政务公开",
                f'<a href="/zwgk/zn.html">政府信息公开指南</a><a href="/zwgk/bm/">部门信息公开</a>{own}',
            )
        )
        answers["/zwgk/bm/"] = Answer(frame(site, "部门信息公开", f"<h3>部门和乡镇信息公开目录</h3><ul>{links}</ul>"))
    return answers


_NEWS = "".join(
    f'<li><a href="/xw/{n}.html">{text}</a><span>2024-01-{n + 11}</span></li>'
    for n, text in enumerate(
        ("全县经济工作会议召开", "2023年十件民生实事完成情况", "县领导调研春节保供", "年度考核工作部署会")
    )
)


def _way(site: Site, organ: Organ, column: str) -> Answers:
    folder, name = organ.folder, organ.name
    guide = (
        f'<a href="{folder}zfxxgk/zn.html">政府信息公开指南</a> <a href="{folder}zfxxgk/zd.html">政府信息公开制度</a>'
    )
    last = f'{guide} <a href="{folder}zfxxgk/fd.html">法定主动公开内容</a> <a href="{column}">政府信息公开年报</a>'
    hub, deep = f"{folder}zfxxgk/", f"{folder}zfxxgk/gkml/"
    pages: Answers = {}
    match site.menu:
        case "direct" | "directory":
            way = last
        case "hub":
            way, pages[hub] = f'<a href="{hub}">信息公开</a>', Answer(frame(site, "信息公开", last))
        case "deep":
            way = f'<a href="{hub}">政务公开</a>'
            pages[hub] = Answer(frame(site, "政务公开", f'{guide}<a href="{deep}">政府信息公开</a>'))
            pages[deep] = Answer(frame(site, "政府信息公开", f'<a href="{deep}fd/">法定主动公开内容</a>'))
            pages[f"{deep}fd/"] = Answer(
                frame(
                    site,
                    "法定主动公开内容",
                    f'<a href="/jgzn/">机构职能</a><a href="{column}">政府信息公开工作年度报告</a>',
                )
            )
        case "frame-nav":
            way = f'<iframe src="{folder}nav.html" height=60></iframe>'
            pages[f"{folder}nav.html"] = Answer(f"<html><body>{last.replace('<a ', '<a target=_top ')}</body></html>")
        case "script-nav":
            items = json.dumps(
                [{"n": "机构设置", "u": f"{folder}jg/"}, {"n": "政府信息公开年报", "u": column}], ensure_ascii=False
            )
            way = f"<div id=nav></div><script>var items={items};document.getElementById('nav').innerHTML=items.map(i=>'<a href=\"'+i.u+'\">'+i.n+'</a>').join('')</script>"
        case "buttons":
            way = f"<button onclick=\"window.location.href='{folder}zfxxgk/zn.html'\">公开指南</button><button onclick=\"window.location.href='{column}'\">公开年报</button>"
        case "tabs":
            way = f'<a href="{hub}">政府信息公开</a>'
            pages[hub] = Answer(
                frame(
                    site,
                    "政府信息公开",
                    f'<ul class=tab><li class=on><a href="{folder}zfxxgk/zn.html">指南</a></li><li><a href="{folder}zfxxgk/zd.html">制度</a></li><li><a href="{column}">年报</a></li></ul>',
                )
            )
        case "catalogue":
            way = f'<a href="{hub}">政务公开</a>'
            rest = "".join(
                f'<dd><a href="{hub}m{n}/">{text}</a></dd>'
                for n, text in enumerate(
                    (
                        "机构概况",
                        "人事信息",
                        "规划计划",
                        "财政资金",
                        "行政执法",
                        "应急管理",
                        "招考录用",
                        "政府采购",
                        "重大项目",
                        "建议提案",
                    )
                )
            )
            pages[hub] = Answer(
                frame(site, "政务公开", f'<dl><dt>公开目录</dt>{rest}<dd><a href="{column}">年度报告</a></dd></dl>')
            )
        case _:  # splash, script-jump
            way = last
    page = Answer(frame(site, name, f"<h2>{name}</h2>{way}<ul>{_NEWS}</ul>"))
    if site.menu in ("splash", "script-jump"):
        inner = f"{folder}portal/index.html"
        jump = (
            f"<html><head><meta http-equiv=refresh content=\"0; URL='{inner}'\"></head></html>"
            if site.menu == "splash"
            else f"<html><body><script>window.location.replace('{inner}')</script></body></html>"
        )
        return {folder: Answer(jump), inner: page}
    return {**pages, folder: page}
