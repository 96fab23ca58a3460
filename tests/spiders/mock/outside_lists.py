# ruff: noqa: E501
"""Lists as the portal systems of the trade make them, written by somebody who never saw how they will be read."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from math import ceil
from zlib import crc32

from tests.spiders.mock.answers import Answer, Answers, Asked, Row
from tests.spiders.mock.outside_frame import frame, number_of
from tests.spiders.mock.plan import Site

Maker = Callable[[Site, str, str, list[Row], str], Answers]
JSON, XML = "application/json", "text/xml"
PER_PAGE = 6


def row_of(site: Site, row: Row, number: int = 1) -> str:
    """One row in the site's own look."""
    day, url, title = row
    title, cut = html.escape(title.replace("\u200b", "")), html.escape(title[:16] + ("..." if title[16:] else ""))
    year, month, date = day.split("-")
    match number_of(site) % 6:
        case 0:
            return f'<li><a href="{url}" target="_blank" title="{title}">{cut}</a><span>[{day}]</span></li>'
        case 1:
            return f"<tr><td>{number}</td><td><A HREF='{url}'>{title}</A></td><td>{year}年{int(month)}月{int(date)}日</td></tr>"
        case 2:
            return f"<dl><dt><a href={url}>{title}</a></dt><dd>{month}-{date}</dd></dl>"
        case 3:
            return f'<div class=item><a href="{url}"><p class=t>{title}</p></a></div>'
        case 4:
            return (
                f'<a class=card href="{url}"><b>{date}</b><i>{year}/{month}</i><h4>{title}</h4><p>{title[:9]}……</p></a>'
            )
        case _:
            return f'<tr><td>11{number:04}/{year}-0{number:04}</td><td><a href="{url}">{title}</a></td><td>{day}</td><td>办公室</td></tr>'


def rows_of(site: Site, rows: Sequence[Row], empty: str) -> str:
    if not rows:
        return f"<p>{empty}</p>" if empty else ""
    inner = "\n".join(row_of(site, row, n) for n, row in enumerate(rows, 1))
    table = number_of(site) % 6 in (1, 5)
    return f"<table width=100% border=0>{inner}</table>" if table else f"<ul>{inner}</ul>"


def _pages(rows: Sequence[Row], size: int = PER_PAGE) -> list[Sequence[Row]]:
    return [rows[at : at + size] for at in range(0, len(rows), size)] or [[]]


def _simple(name: Callable[[str, int, int], str], pager: Callable[[str, int, int], str]) -> Maker:
    """Pages that lie ready on the server; `pager` writes what stands below the rows."""

    def make(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
        chunks = _pages(rows)
        return {
            name(path, n, len(chunks)): Answer(
                frame(site, title, rows_of(site, chunk, empty) + pager(path, n, len(chunks)))
            )
            for n, chunk in enumerate(chunks)
        }

    return make


_TRS = """<script language="javascript" type="text/javascript">
//<!--
var currentPage = %(n)d;//所在页从0开始
var prevPage = currentPage-1;
var nextPage = currentPage+1;
var countPage = %(of)d;
document.write("共"+countPage+"页&nbsp;");
if(countPage>1&&currentPage!=(countPage-1)&&currentPage!=0) document.write("<a href=\\"index"+"_" + nextPage + "."+"html\\">下一页</a>");
else if(currentPage==0 && countPage>1) document.write("<a href=\\"index"+"_" + nextPage + "."+"html\\">下一页</a>");
//-->
</script>"""
_wcm_write = _simple(
    lambda path, n, of: f"{path}index_{n}.html" if n else path, lambda path, n, of: _TRS % {"n": n, "of": of}
)
_wcm_words = _simple(
    lambda path, n, of: f"{path}zfxxgknb_{n}.shtml" if n else path,
    lambda path, n, of: (
        f"<div class=page><script>createPageHTML('{of}', '{n}' , 'zfxxgknb', \"shtml\");</script></div>"
    ),
)
_ucap_input = _simple(
    lambda path, n, of: f"{path}list_{n + 1}.shtml" if n else f"{path}list.shtml",
    lambda path, n, of: (
        f'<div id="page_div"><input type="hidden" id="pageCount" value="{of}"><a onclick="turn({n + 2})" href="#">下一页</a></div>'
        "<script>function turn(p){if(p<=+document.getElementById('pageCount').value)location.href='list'+(p>1?'_'+p:'')+'.shtml'}</script>"
    ),
)
_vsb_down = _simple(
    lambda path, n, of: f"{path.rstrip('/')}/{of - n}.htm" if n else f"{path.rstrip('/')}.htm",
    lambda path, n, of: (
        f'<div class="pb_sys_common"><span class="p_t">共{of}页</span>'
        + (
            f'<span class="p_next p_fun"><a href="{path.rstrip("/").rsplit("/", 1)[1] + "/" if n == 0 else ""}{of - n - 1}.htm">下页</a></span>'
            if n + 1 < of
            else '<span class="p_next_d p_fun_d">下页</span>'
        )
        + "</div>"
    ),
)
_gd_post = _simple(
    lambda path, n, of: f"{path}index_{n + 1}.html" if n else path,
    lambda path, n, of: (
        "".join(
            f"<a href='{path}index_{i + 1}.html'>{i + 1}</a>" if i else f"<a href='{path}index.html'>1</a>"
            for i in range(of)
        )
        + (f'<a class="next" href="{path}index_{n + 2}.html">&gt;</a>' if n + 1 < of else "")
    ),
)
_laypage = _simple(
    lambda path, n, of: f"{path}?p={n + 1}" if n else path,
    lambda path, n, of: (
        f"<div id=pager></div><script>function laypage(o){{var s='';for(var i=1;i<=o.pages;i++)s+='<a href=\"javascript:;\" onclick=\"go('+i+')\">'+i+'</a>';document.getElementById('pager').innerHTML=s}}"
        f"function go(i){{location.href=location.pathname+'?p='+i}} laypage({{cont:'pager',pages:{of},curr:{n + 1},jump:go}});</script>"
    ),
)


def _store(site: Site, rows: Sequence[Row], total: int, group: str = "") -> str:
    records = "".join(f"<record><![CDATA[\n{row_of(site, row)}]]></record>" for row in rows)
    return f"<datastore>{group}<totalrecord>{total}</totalrecord><totalpage>{ceil(total / 3)}</totalpage><recordset>{records}</recordset></datastore>"


def _jcms_store(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    """The first records in the page, the rest behind the address in <nextgroup>."""
    column = str(crc32(path.encode()))
    proxy = f"/module/web/jpage/dataproxy.jsp?page=1&appid=1&webid=7&path=/&columnid={column}&unitid=3315&webname={column}&permissiontype=0"
    group = f'<nextgroup><![CDATA[<a href="{proxy}"></a>]]></nextgroup>'
    main = f'<div id="3315">{"" if rows else empty}</div><script type="text/xml">{_store(site, rows[:3], len(rows), group)}</script>'
    main += "<script src='/script/jquery.simplepager.js'></script>"

    def more(asked: Asked) -> Answer:
        if asked.get("columnid") != column:
            return Answer("<datastore></datastore>", XML)
        start, end = int(asked.get("startrecord", "4")), int(asked.get("endrecord", str(len(rows))))
        return Answer(_store(site, rows[start - 1 : end], len(rows)), XML)

    return {path: Answer(frame(site, title, main)), f"/module/web/jpage/dataproxy.jsp columnid={column}": more}


def _jcms_post(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    """Nothing in the page but the pager's settings; the proxy wants a form."""
    column = str(crc32(path.encode()))
    main = (
        f"<div id=list>{'' if rows else empty}</div><script>var col='1';var perpage=3;\n"
        f'var params = {{col:"1",appid:"1",webid:"9",path:"/",columnid:"{column}",sourceContentType:"1",unitid:"88411",webname:"{site.place}",permissiontype:"0"}};\n'
        f"function load(s){{var b=Object.keys(params).map(k=>k+'='+encodeURIComponent(params[k])).join('&');\n"
        f"fetch('/module/web/jpage/dataproxy.jsp?startrecord='+s+'&endrecord='+(s+8)+'&perpage=3',{{method:'POST',body:b,headers:{{'Content-Type':'application/x-www-form-urlencoded'}}}})\n"
        f".then(r=>r.text()).then(t=>{{document.getElementById('list').innerHTML+=t.split('<![CDATA[').slice(1).map(x=>x.split(']]>')[0]).join('');if(s+9<={len(rows)})load(s+9)}})}}\n"
        f"{'load(1)' if rows else ''}</script>"
    )

    def more(asked: Asked) -> Answer:
        if asked.get("columnid") != column or asked.get("unitid") != "88411":
            return Answer("<datastore></datastore>", XML)
        start, end = int(asked.get("startrecord", "1")), int(asked.get("endrecord", "9"))
        return Answer(_store(site, rows[start - 1 : end], len(rows)), XML)

    return {path: Answer(frame(site, title, main)), f"/module/web/jpage/dataproxy.jsp columnid={column}": more}


def _jcms_annual(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    """Years in a drop-down; each year's rows come as a piece of HTML."""
    area = str(crc32(path.encode()))
    years = sorted({row[0][:4] for row in rows}, reverse=True) or ["2024"]
    options = "".join(f'<option value="{year}">{year}</option>' for year in years)
    main = (
        f'<select id="fbtime" onchange="show(this.value)">{options}</select><div id="annual"></div><script>'
        f"function show(y){{fetch('/module/xxgk/xxgkAnnualReport.jsp?area={area}&fbtime='+y).then(r=>r.text()).then(t=>{{document.getElementById('annual').innerHTML=t}})}}"
        f"show('{years[0]}');</script>"
    )

    def year(asked: Asked) -> Answer:
        return Answer(
            rows_of(site, [row for row in rows if row[0][:4] == asked.get("fbtime", years[0])], empty),
            "text/html; charset=utf-8",
        )

    return {path: Answer(frame(site, title, main)), f"/module/xxgk/xxgkAnnualReport.jsp area={area}": year}


def _jpaas(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    """The unit's address and settings in attributes; ten rows a page; the pager within the HTML that comes."""
    page = str(crc32(path.encode()))
    data = f"{{'parseType':'bulidstatic','webId':'{site.key}','tplSetId':'9a','pageType':'column','tagId':'信息列表','editType':'null','pageId':'{page}'}}"
    main = (
        f'<div class="page-content" id="信息列表"></div><script id="u1" type="text/javascript" parsetype="bulidstatic" querydata="{data}" url="/api-gateway/jpaas-publish-server/front/page/build/unit"></script>'
        "<script>var e=document.getElementById('u1');var q=JSON.parse(e.getAttribute('querydata').replace(/'/g,'\"'));"
        "function load(n){var u=e.getAttribute('url')+'?'+Object.keys(q).map(k=>k+'='+encodeURIComponent(q[k])).join('&')+'&paramJson='+encodeURIComponent(JSON.stringify({pageNo:n,pageSize:5}));"
        "fetch(u).then(r=>r.json()).then(d=>{document.getElementById('信息列表').innerHTML=d.data.html})}load(1)</script>"
    )

    def unit(asked: Asked) -> Answer:
        wanted = json.loads(asked.get("paramJson") or "{}")
        number, size = int(wanted.get("pageNo", 1)), min(int(wanted.get("pageSize", 5)), 10)
        part, of = rows[(number - 1) * size : number * size], ceil(len(rows) / size)
        pager = f'<div class="page" totalpage="{of}"><a href="javascript:void(0)" onclick="load({number + 1})">下一页</a>共{of}页 {len(rows)}条</div>'
        body = {
            "success": True,
            "code": "200",
            "data": {"html": rows_of(site, part, empty) + (pager if number < of else "")},
        }
        return Answer(json.dumps(body), JSON)

    return {
        path: Answer(frame(site, title, main)),
        f"/api-gateway/jpaas-publish-server/front/page/build/unit pageId={page}": unit,
    }


def _gkmlpt(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    cate = str(crc32(path.encode()))
    main = (
        f'<div id="app"></div><script>window._CONFIG = {{"SID":"755{cate}","TREE":[],"COLUMN_ID":{cate},"SITE_NAME":"{site.place}","API":"/gkmlpt/api/all/"}};</script>'
        "<script>var c=window._CONFIG;function go(p,h){fetch(c.API+c.COLUMN_ID+'?page='+p+'&sid='+c.SID).then(r=>r.json()).then(d=>{"
        "h+=d.articles.map(a=>'<li><a href=\"'+a.url+'\">'+a.title+'</a> '+a.created_at.slice(0,10)+'</li>').join('');"
        f"document.getElementById('app').innerHTML='<ul>'+(h||'{empty}')+'</ul>';if(p*5<d.total)go(p+1,h)}})}}go(1,'')</script>"
    )

    def api(asked: Asked) -> Answer:
        number = int(asked.get("page", "1"))
        part = [
            {"id": n, "title": text, "url": url, "created_at": f"{day} 09:11:00", "date": int(_seconds(day))}
            for n, (day, url, text) in enumerate(rows)
        ]
        return Answer(json.dumps({"articles": part[(number - 1) * 5 : number * 5], "total": len(rows)}), JSON)

    return {path: Answer(frame(site, title, main)), f"/gkmlpt/api/all/{cate}": api}


def _seconds(day: str) -> float:
    return datetime.fromisoformat(f"{day}T09:00:00+08:00").timestamp()


def _js_array(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    data = json.dumps([[url, text, day] for day, url, text in rows], ensure_ascii=False)
    main = (
        f"<div id=list></div><script>var arr={data};var s='';for(var i=0;i<arr.length;i++)s+='<li><a href='+arr[i][0]+'>'+arr[i][1]+'</a><em>'+arr[i][2]+'</em></li>';"
        f"document.getElementById('list').innerHTML=s||'{empty}';</script>"
    )
    return {path: Answer(frame(site, title, main))}


def _odd_post(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    """A JSON body in, JSON with names in pinyin out, and times in milliseconds."""
    lm = f"lm{crc32(path.encode())}"
    main = (
        "<div id=box>数据加载中...</div><a id=nx href='javascript:;' style='display:none'>下一页</a><script>var dqy=1;function cx(){"
        f"fetch('/api/v1/xxgk/cx',{{method:'POST',headers:{{'Content-Type':'application/json'}},body:JSON.stringify({{lmid:'{lm}',dqy:dqy,mys:4}})}}).then(r=>r.json()).then(d=>{{"
        f"document.getElementById('box').innerHTML=d.sj.jg.map(x=>'<li><a href=\"'+x.lj+'\">'+x.bt+'</a>'+new Date(x.fbsj).toISOString().slice(0,10)+'</li>').join('')||'{empty}';"
        "var n=document.getElementById('nx');n.style.display=dqy<d.sj.zys?'':'none';n.onclick=function(){dqy++;cx()}})}cx()</script>"
    )

    def query(asked: Asked) -> Answer:
        if asked.get("lmid") != lm:
            return Answer(json.dumps({"zt": 1, "xx": "参数错误"}), JSON)
        number = int(asked.get("dqy", "1"))
        found = [{"bt": text, "lj": url, "fbsj": int(_seconds(day)) * 1000} for day, url, text in rows]
        return Answer(
            json.dumps(
                {
                    "zt": 0,
                    "sj": {"jg": found[(number - 1) * 4 : number * 4], "zys": ceil(len(rows) / 4), "zs": len(rows)},
                }
            ),
            JSON,
        )

    return {path: Answer(frame(site, title, main)), f"/api/v1/xxgk/cx lmid={lm}": query}


def _click_rows(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    """Rows without a link: a script goes there when they are clicked."""
    inner = "".join(
        f"<div class=row onclick=\"window.open('{url}')\"><span>{html.escape(text)}</span><span>{day}</span></div>"
        for day, url, text in rows
    )
    return {path: Answer(frame(site, title, inner or empty))}


def _postback(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    """An old .aspx page: its next pages come only for its own form."""
    chunks = _pages(rows)
    address = f"{path}list.aspx"

    def page(asked: Asked) -> Answer:
        number = int(asked.get("__EVENTARGUMENT") or "1") if asked.get("__VIEWSTATE") == "dDwtMTA=" else 1
        links = "".join(
            f"<a href=\"javascript:__doPostBack('AspNetPager1','{i}')\">{i}</a> " for i in range(1, len(chunks) + 1)
        )
        form = (
            f'<form name="form1" method="post" action="list.aspx" id="form1"><input type="hidden" name="__EVENTTARGET" id="__EVENTTARGET" value=""><input type="hidden" name="__EVENTARGUMENT" id="__EVENTARGUMENT" value=""><input type="hidden" name="__VIEWSTATE" value="dDwtMTA=">{rows_of(site, chunks[number - 1], empty)}{links}</form>'
            "<script>function __doPostBack(t,a){var f=document.form1;f.__EVENTTARGET.value=t;f.__EVENTARGUMENT.value=a;f.submit()}</script>"
        )
        return Answer(frame(site, title, form))

    return {address: page, path: Answer("", status=302, location=address)}


def _frame_list(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    """The list in a frame, the frame's address with a query, its pages behind ?pageNo=."""
    chunks = _pages(rows)
    address = f"{path}xxgkList.jsp"

    def page(asked: Asked) -> Answer:
        number = min(int(asked.get("pageNo", "1")), len(chunks))
        following = (
            f'<a href="xxgkList.jsp?cid=9&pageNo={number + 1}">下一页</a>'
            if number < len(chunks)
            else "<span>下一页</span>"
        )
        return Answer(
            f"<html><body>{rows_of(site, chunks[number - 1], empty)} 第{number}/{len(chunks)}页 {following}</body></html>"
        )

    return {
        path: Answer(
            frame(site, title, f'<iframe id="f" src="{address}?cid=9" frameborder=0 scrolling=no height=800></iframe>')
        ),
        address: page,
    }


def _openness(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    """Every year behind a query, chosen in a form."""
    years = sorted({str(int(row[0][:4]) - 1) for row in rows}, reverse=True) or ["2023"]

    def page(asked: Asked) -> Answer:
        year = asked.get("nbYear")
        mine = [row for row in rows if not year or int(row[0][:4]) - 1 == int(year)]
        links = " ".join(f'<a href="{path}?nbYear={one}">{one}年</a>' for one in years)
        shown = mine if year else []
        hint = "" if shown else (empty if year or not rows else "请选择年份")
        return Answer(frame(site, title, f"<div class=years>{links}</div>{rows_of(site, shown, hint)}"))

    return {path: page}


SYSTEMS: dict[str, Maker] = {
    "wcm-write": _wcm_write, "wcm-words": _wcm_words, "ucap-input": _ucap_input, "vsb-down": _vsb_down,
    "gd-post": _gd_post, "laypage": _laypage, "jcms-store": _jcms_store, "jcms-post": _jcms_post,
    "jcms-annual": _jcms_annual, "jpaas-pages": _jpaas, "gkmlpt-config": _gkmlpt, "js-array": _js_array,
    "odd-post": _odd_post, "click-rows": _click_rows, "postback": _postback, "frame-list": _frame_list,
    "openness": _openness,
}  # fmt: skip
CALLED = {"jcms-store", "jcms-post", "jcms-annual", "jpaas-pages", "gkmlpt-config", "odd-post"}  # rows come by a call


def address_of(family: str, path: str) -> str:
    """What a link to the list says."""
    match family:
        case "vsb-down":
            return f"{path.rstrip('/')}.htm"
        case "ucap-input":
            return f"{path}list.shtml"
        case "wcm-write" | "jcms-store" | "jcms-post":
            return path
    return path
