# ruff: noqa: E501
"""Lists of a third province: the same trades' systems in other years and versions, and what smaller shops build."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from math import ceil
from zlib import crc32

from tests.spiders.mock.answers import Answer, Answers, Asked, Row
from tests.spiders.mock.plan import Site
from tests.spiders.mock.third_frame import frame, style_of

Maker = Callable[[Site, str, str, list[Row], str], Answers]
JSON, XML, JS = "application/json", "text/xml", "application/javascript; charset=utf-8"
SIZE = 4


def row_of(site: Site, row: Row) -> str:
    day, url, title = row
    match style_of(site) % 5:
        case 0:
            return f'<li><span class="date">{day}</span><a href="{url}" title="{title}" target="_blank">{title[:14]}{"…" if title[14:] else ""}</a></li>'
        case 1:
            return f"<li><A href={url} class=blue><font color=red>{title}</font></A>&nbsp;<b>{day[5:]}</b></li>"
        case 2:
            return f'<tr><td>990000/{day[:4]}-00{day[8:]}</td><td><a href="{url}">{title}</a></td><td>{day[:4]}年{day[5:7]}月{day[8:]}日</td></tr>'
        case 3:
            return f'<div class="list-item"><h3><a href="{url}">{title}</a></h3><div class="meta">发布机构：办公室　发布日期：{day.replace("-", ".")}</div></div>'
        case _:
            return f'<li>·<a href="javascript:void(0)" onclick="openUrl(\'{url}\')">{title}</a>({day})</li>'


def rows_of(site: Site, rows: Sequence[Row], empty: str) -> str:
    if not rows:
        return f'<div class="nodata">{empty}</div>'
    inner = "\n".join(row_of(site, row) for row in rows)
    opens = "<script>function openUrl(u){window.open(u)}</script>" if style_of(site) % 5 == 4 else ""
    return f"<table>{inner}</table>" if style_of(site) % 5 == 2 else f"<ul>{inner}</ul>{opens}"


def _cut(rows: Sequence[Row], size: int = SIZE) -> list[Sequence[Row]]:
    return [rows[at : at + size] for at in range(0, len(rows), size)] or [[]]


def _files(name: Callable[[str, int, int], str], pager: Callable[[str, int, int, int], str]) -> Maker:
    """Pages as files; `pager(path, page from 0, pages, rows)` stands below."""

    def make(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
        cut = _cut(rows)
        return {
            name(path, n, len(cut)): Answer(
                frame(site, title, rows_of(site, part, empty) + pager(path, n, len(cut), len(rows)))
            )
            for n, part in enumerate(cut)
        }

    return make


_trs_vars = _files(
    lambda path, n, of: f"{path}index_{n}.html" if n else path,
    lambda path, n, of, all_: (
        f'<div id="pages"></div><script>\nvar m_nRecordCount = "{of}";\nvar m_nCurrPage = {n};\nvar m_strPageName = "index";\nvar m_strPageExt = "html";\n'
        "var s='';for(var i=0;i<m_nRecordCount;i++)s+='<a href=\"'+m_strPageName+(i?'_'+i:'')+'.'+m_strPageExt+'\">'+(i+1)+'</a> ';"
        "document.getElementById('pages').innerHTML=s;</script>"
    ),
)
_trs_call = _files(
    lambda path, n, of: f"{path}index_{n}.html" if n else path,
    lambda path, n, of, all_: (
        '<script LANGUAGE="JavaScript">\nfunction createPageHTML(_nPageCount, _nCurrIndex, _sPageName, _sPageExt){if(_nPageCount<=1)return;'
        "if(_nCurrIndex+1<_nPageCount)document.write('<a href=\"'+_sPageName+'_'+(_nCurrIndex+1)+'.'+_sPageExt+'\">&gt;&gt;</a>')}\n"
        f'createPageHTML( {of} ,\n {n} , "index" , "html" );\n</script>'
    ),
)
_ucap = _files(
    lambda path, n, of: f"{path}list_{n + 1}.shtml" if n else f"{path}list.shtml",
    lambda path, n, of, all_: (
        f"<div class='page' id='page_div'></div><script src='/common/page.js'></script><script>createPageHTML('page_div',{of}, {n + 1},'list','shtml',{all_});</script>"
    ),
)
_vsb = _files(
    lambda path, n, of: f"{path.rstrip('/')}/{of - n}.htm" if n else f"{path.rstrip('/')}.htm",
    lambda path, n, of, all_: (
        f'<div class="pages"><span class="p_t">共{all_}条</span><span class="p_no_d">{n + 1}</span>'
        + "".join(
            f'<span class="p_no"><a href="{path.rstrip("/")}/{of - i}.htm">{i + 1}</a></span>'
            for i in range(of)
            if i not in (0, n)
        )
        + "</div>"
    ),
)


def _dede_pager(path: str, n: int, of: int, rows: int) -> str:
    options = "".join(f"<option value='{path}list_34_{i + 1}.html'>{i + 1}</option>" for i in range(1, of))
    box = f"<select name='sldd' onchange='location.href=this.options[this.selectedIndex].value;'>{options}</select>"
    return f"<ul class=pagelist><li>{box}</li>共<b>{of}</b>页{rows}条</ul>"


_dede = _files(lambda path, n, of: f"{path}list_34_{n + 1}.html" if n else path, _dede_pager)


def _phpcms(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    cut, cat = _cut(rows), crc32(path.encode()) % 1000
    address = f"{path}index.php"

    def page(asked: Asked) -> Answer:
        n = min(int(asked.get("page") or "1"), len(cut))
        following = (
            f'<a href="index.php?m=content&c=index&a=lists&catid={cat}&amp;page={n + 1}" class="a1">下一页</a>'
            if n < len(cut)
            else ""
        )
        return Answer(
            frame(site, title, rows_of(site, cut[n - 1], empty) + f'<div id="pages">{len(rows)}条 {following}</div>')
        )

    return {address: page, path: page}


def _store(site: Site, rows: Sequence[Row], total: int) -> str:
    records = "".join(f"<record><![CDATA[{row_of(site, row)}]]></record>" for row in rows)
    return f"<datastore><totalrecord>{total}</totalrecord><totalpage>{ceil(total / 3)}</totalpage><recordset>{records}</recordset></datastore>"


def _jcms_units(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    """Two units on one page: notices beside the reports, each with its own store and its own proxy call."""
    column = str(crc32(path.encode()))
    notices = [(f"2023-11-{n:02}", f"/tz/{n}.html", f"关于停水的通知（第{n}号）") for n in range(10, 15)]

    def unit(number: int, some: list[Row]) -> str:
        proxy = (
            f"columnid:{column},unitid:{number},webid:3,path:'/',webname:'{site.place}',col:1,appid:1,permissiontype:0"
        )
        return f"<div id=\"u{number}\">{'' if some else empty}</div><script type=\"text/xml\">{_store(site, some[:3], len(some))}</script><script>$('#u{number}').jpage({{perPage:3,totalRecord:{len(some)},proxyUrl:'/module/web/jpage/dataproxy.jsp',{proxy}}});</script>"

    def more(asked: Asked) -> Answer:
        some = {"201": notices, "202": rows}.get(asked.get("unitid", ""), [])
        start, end = int(asked.get("startrecord", "1")), int(asked.get("endrecord", "9"))
        return Answer(_store(site, some[start - 1 : end], len(some)), XML)

    main = f"<div class=right>{unit(201, notices)}</div><div class=main>{unit(202, rows)}</div>{_JPAGE}"
    return {path: Answer(frame(site, title, main)), f"/module/web/jpage/dataproxy.jsp columnid={column}": more}


# What Hanweb's jpage does, in small: writes the store's rows, fetches the rest.
_JPAGE = """<script>document.querySelectorAll('script[type="text/xml"]').forEach(function(s){var box=s.previousElementSibling;
var put=function(t){return t.split('<![CDATA[').slice(1).map(function(x){return x.split(']]>')[0]}).join('')};box.innerHTML+=put(s.textContent);
var call=s.nextElementSibling.textContent,of=+call.match(/totalRecord:(\\d+)/)[1],q=call.match(/proxyUrl:'([^']+)',(.*)}\\)/);
if(of>3){var body=q[2].replace(/:/g,'=').replace(/'/g,'').replace(/,/g,'&');
fetch(q[1]+'?startrecord=4&endrecord='+of+'&perpage=3',{method:'POST',headers:{'Content-Type':'application/x-www-form-urlencoded'},body:body}).then(function(r){return r.text()}).then(function(t){box.innerHTML+=put(t)})}})</script>"""


def _jcms_search(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    """The old xxgk module: a piece of HTML by POST, whose pager calls a script."""
    kind = f"A{crc32(path.encode()) % 10000:04}"
    cut = _cut(rows)
    main = (
        "<div id='div1247'>正在加载...</div><script>function toPage(n){fetch('/module/xxgk/search.jsp?texttype=0&fbtime=-1&currpage='+n,{method:'POST',"
        f"headers:{{'Content-Type':'application/x-www-form-urlencoded'}},body:'infotypeId={kind}&jdid=3&area=&divid=div1247&currpage='+n}})"
        ".then(r=>r.text()).then(t=>{document.getElementById('div1247').innerHTML=t})}toPage(1)</script>"
    )

    def piece(asked: Asked) -> Answer:
        if asked.get("infotypeId") != kind:
            return Answer("<div>没有检索到相关结果</div>", "text/html; charset=utf-8")
        n = int(asked.get("currpage") or "1")
        turn = f"<a href=\"javascript:toPage('{n + 1}')\">下一页</a>&nbsp;尾页" if n < len(cut) else "下一页&nbsp;尾页"
        return Answer(
            f"<table><tr><td>{rows_of(site, cut[n - 1], empty)}</td></tr></table>共&nbsp;{len(cut)}&nbsp;页 {turn}",
            "text/html; charset=utf-8",
        )

    return {path: Answer(frame(site, title, main)), f"/module/xxgk/search.jsp infotypeId={kind}": piece}


def _jpaas(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    """Takes no notice of the size that is asked for."""
    page, cut = str(crc32(path.encode())), _cut(rows)
    data = f"{{'webId':'{site.key}','pageId':'{page}','parseType':'bulidstatic','pageType':'column','tagId':'当前栏目list','tplSetId':'x7','unitUrl':'/common'}}"
    main = (
        f'<div id="当前栏目list"></div><script id="q" queryData="{data}" url="/api-gateway/jpaas-publish-server/front/page/build/unit" parseType="bulidstatic">'
        "var me=document.getElementById('q'),q=JSON.parse(me.getAttribute('queryData').replace(/'/g,'\"'));function jp(n){fetch(me.getAttribute('url')+'?'+new URLSearchParams(q)+'&paramJson='+encodeURIComponent('{\"pageNo\":'+n+',\"pageSize\":\"4\"}'))"
        ".then(r=>r.json()).then(d=>{document.getElementById(q.tagId).innerHTML=d.data.html})}jp(1)</script>"
    )

    def unit(asked: Asked) -> Answer:
        n = int(json.loads(asked.get("paramJson") or "{}").get("pageNo", 1))
        part = cut[n - 1] if n <= len(cut) else []
        turn = "".join(f'<a href="javascript:jp({i + 1})">{i + 1}</a>' for i in range(len(cut))) + (
            f'<a href="javascript:jp({n + 1})">下一页</a>' if n < len(cut) else ""
        )
        return Answer(
            json.dumps(
                {
                    "code": "200",
                    "success": True,
                    "data": {"html": rows_of(site, part, empty) + f"<div class=pg>{turn}</div>"},
                }
            ),
            JSON,
        )

    return {
        path: Answer(frame(site, title, main)),
        f"/api-gateway/jpaas-publish-server/front/page/build/unit pageId={page}": unit,
    }


def _gkmlpt(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    """One page for every column; which one is meant stands behind the #."""
    cate = crc32(path.encode()) % 100000
    main = (
        "<div id='gkml'></div><script>window._CONFIG={SID:'755001',TREE:[],SITE_NAME:'x'};var cate=location.hash.slice(1)||'1';"
        "function go(p){fetch('/gkmlpt/api/all/'+cate+'?page='+p+'&sid='+_CONFIG.SID).then(r=>r.json()).then(d=>{document.getElementById('gkml').innerHTML="
        f"d.articles.map(a=>'<li><a href=\"'+a.url+'\">'+a.title+'</a>'+a.created_at.slice(0,10)+'</li>').join('')+(d.total?'':'{empty}')"
        "+(p*4<d.total?'<a href=\"javascript:go('+(p+1)+')\">下一页</a>':'')})}go(1)</script>"
    )

    def api(asked: Asked) -> Answer:
        n = int(asked.get("page") or "1")
        part = [
            {"id": i, "title": text, "url": url, "created_at": f"{day} 10:00:00", "is_top": 0, "views": 200 + i}
            for i, (day, url, text) in enumerate(rows)
        ]
        return Answer(json.dumps({"articles": part[(n - 1) * 4 : n * 4], "total": len(rows), "pagesize": 4}), JSON)

    return {"/gkmlpt/index": Answer(frame(site, "政府信息公开目录", main)), f"/gkmlpt/api/all/{cate}": api}


def _org_query(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    """The server asks by organ and year; without a year it shows the newest."""
    code = f"{crc32(path.encode()):08x}-4a1c-11ee-9c0b-fa163e2f3c10"
    years = sorted({int(row[0][:4]) - 1 for row in rows} | {2022, 2023}, reverse=True)

    def page(asked: Asked) -> Answer:
        year = int(asked.get("nbYear") or years[0])
        links = "".join(f'<a href="{path}list?orgCode={code}&nbYear={one}">{one}</a>' for one in years)
        return Answer(
            frame(
                site,
                title,
                f"<div class=year>{links}</div>{rows_of(site, [row for row in rows if int(row[0][:4]) - 1 == year], empty)}",
            )
        )

    return {path: Answer("", status=302, location=f"{path}list?orgCode={code}"), f"{path}list": page}


def _spa_post(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    """An application: rows without addresses come by POST; the script makes the address of the id."""
    channel, cut = crc32(path.encode()), _cut(rows)
    main = (
        "<div id='app'>Loading...</div><script>var p=1;function q(){fetch('/api/cms/article/page',{method:'POST',headers:{'Content-Type':'application/json'},"
        f"body:JSON.stringify({{channelId:'{channel}',pageNum:p,pageSize:4}})}}).then(r=>r.json()).then(d=>{{var x=d.data;document.getElementById('app').innerHTML=x.records.map(a=>'<div class=it><a href=\"'+a.route+'\">'+a.caption+'</a><i>'+a.pub.slice(0,10)+'</i></div>').join('')"
        f"+(x.records.length?'':'{empty}')+'<button id=nx '+(p>=x.pages?'disabled':'')+'>下一页</button>';document.getElementById('nx').onclick=function(){{p++;q()}}}})}}q()</script>"
    )

    def query(asked: Asked) -> Answer:
        n = int(asked.get("pageNum") or "1")
        part = [
            {"contentId": f"{crc32(url.encode()):x}", "caption": text, "pub": f"{day}T09:00:00.000+08:00", "route": url}
            for day, url, text in (cut[n - 1] if n <= len(cut) else [])
        ]
        return Answer(
            json.dumps(
                {"code": 0, "data": {"records": part, "pages": len(cut), "total": len(rows)}}, ensure_ascii=False
            ),
            "application/json; charset=utf-8",
        )

    return {path: Answer(frame(site, title, main)), f"/api/cms/article/page channelId={channel}": query}


def _scroll(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    """More comes when the reader scrolls down; a word says when there is no more."""
    key = crc32(path.encode())
    main = (
        "<ul id=ul></ul><div style='height:1400px'></div><p id=tip>上滑加载更多</p><script>var off=0,busy=0,end=0;function more(){if(busy||end)return;busy=1;"
        f"fetch('/app/news?cid={key}&offset='+off).then(r=>r.json()).then(d=>{{busy=0;d.list.forEach(a=>{{document.getElementById('ul').innerHTML+='<li><a href=\"'+a.u+'\">'+a.t+'</a> '+a.d+'</li>'}});"
        f"off+=d.list.length;if(!d.more){{end=1;document.getElementById('tip').innerText=off?'没有更多了':'{empty}'}}}})}}"
        "more();window.addEventListener('scroll',function(){if(window.innerHeight+window.scrollY>=document.documentElement.scrollHeight-50)more()})</script>"
    )

    def news(asked: Asked) -> Answer:
        at = int(asked.get("offset") or "0")
        part = [{"u": url, "t": text, "d": day} for day, url, text in rows[at : at + SIZE]]
        return Answer(json.dumps({"list": part, "more": at + SIZE < len(rows)}), JSON)

    return {path: Answer(frame(site, title, main)), f"/app/news cid={key}": news}


def _tree(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    """A tree of years on the left, written by a script; a frame on the right."""
    years = sorted({int(row[0][:4]) - 1 for row in rows}, reverse=True)
    nodes = [{"id": 1, "pId": 0, "name": title}] + [
        {"id": year, "pId": 1, "name": f"{year}年", "url": f"{path}y{year}.html", "target": "main"} for year in years
    ]
    main = (
        f"<div id=tree></div><iframe name=main src='{path}welcome.html' width=700 height=500></iframe><script>var zNodes={json.dumps(nodes, ensure_ascii=False)};"
        "document.getElementById('tree').innerHTML=zNodes.map(n=>n.url?'<a href=\"'+n.url+'\" target=\"'+n.target+'\">'+n.name+'</a>':'<b>'+n.name+'</b>').join('<br>');</script>"
    )
    answers: Answers = {
        path: Answer(frame(site, title, main)),
        f"{path}welcome.html": Answer(f"<html><body>{empty if not years else '请点击左侧年份'}</body></html>"),
    }
    for year in years:
        some = [row for row in rows if int(row[0][:4]) - 1 == year]
        answers[f"{path}y{year}.html"] = Answer(f"<html><body>{rows_of(site, some, empty)}</body></html>")
    return answers


def _jsonp(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    key = crc32(path.encode())
    main = (
        f"<div id=box></div><script>function show(d){{document.getElementById('box').innerHTML=d.result.map(a=>'<p><a href=\"'+a.linkUrl+'\">'+a.docTitle+'</a> '+a.docRelTime+'</p>').join('')||'{empty}'}}</script>"
        f"<script src='/search/jsonp?siteId=7&cid={key}&callback=show'></script>"
    )
    found = [{"docTitle": text, "linkUrl": url, "docRelTime": day} for day, url, text in rows]
    return {
        path: Answer(frame(site, title, main)),
        f"/search/jsonp cid={key}": Answer(f"show({json.dumps({'result': found})})", JS),
    }


def _frame_query(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    cut, inner = _cut(rows), f"{path}NewsList.aspx"

    def page(asked: Asked) -> Answer:
        n = min(int(asked.get("page") or "1"), len(cut))
        numbers = " ".join(
            f'<a href="NewsList.aspx?typeid=12&page={i}">{i}</a>' if i != n else f"<b>{i}</b>"
            for i in range(1, len(cut) + 1)
        )
        return Answer(
            f"<html><body>{rows_of(site, cut[n - 1], empty)}<div>{numbers} 共{len(cut)}页</div></body></html>"
        )

    return {
        path: Answer(frame(site, title, '<iframe src="NewsList.aspx?typeid=12" width="100%"></iframe>')),
        inner: page,
    }


def _data_script(site: Site, path: str, title: str, rows: list[Row], empty: str) -> Answers:
    """The rows stand in a script file of their own."""
    main = f"<ul id=l></ul><script src='{path}data.js'></script><script>document.getElementById('l').innerHTML=DATA.map(a=>'<li><a href=\"'+a.href+'\">'+a.title+'</a>'+a.date+'</li>').join('')||'{empty}'</script>"
    data = [{"href": url, "title": text, "date": day} for day, url, text in rows]
    return {
        path: Answer(frame(site, title, main)),
        f"{path}data.js": Answer(f"var DATA={json.dumps(data, ensure_ascii=False)};", JS),
    }


SYSTEMS: dict[str, Maker] = {
    "trs-vars": _trs_vars, "trs-call": _trs_call, "ucap-div": _ucap, "vsb-numbers": _vsb, "dede": _dede, "phpcms": _phpcms,
    "jcms-units": _jcms_units, "jcms-search": _jcms_search, "jpaas-fixed": _jpaas, "gkmlpt-hash": _gkmlpt,
    "org-query": _org_query, "spa-post": _spa_post, "scroll": _scroll, "tree": _tree, "jsonp": _jsonp,
    "frame-query": _frame_query, "data-script": _data_script,
}  # fmt: skip


def address_of(family: str, path: str) -> str:
    """What a link to the list says."""
    match family:
        case "ucap-div":
            return f"{path}list.shtml"
        case "vsb-numbers":
            return f"{path.rstrip('/')}.htm"
        case "gkmlpt-hash":
            return f"/gkmlpt/index#{crc32(path.encode()) % 100000}"
    return path
