"""Open leads: what may be the report and says too little of itself is read, or left to a person; never passed over."""

from __future__ import annotations

import pytest

from spiders.candidates import SURE
from spiders.column import Column
from spiders.leads import MAY_BE_ITS, ONLY_READING
from spiders.rules import rules
from storage.records import Outcome, Visit
from tests.spiders.test_visiting import HOST, PDF, Site, page, rows, visits

DATED = "<p>发布时间：2024-01-11</p>"


def accepted(*visits: Visit) -> list[tuple[str, str]]:
    """(organ, path) of what was taken, in whichever of a column's visits."""
    return sorted(
        (one.organ, one.url.removeprefix(HOST)) for visit in visits for one in visit.candidates if one.accepted
    )


def column_of(*links: str) -> str:
    return page("政府信息公开年报", "".join(f"<li>{link}</li>" for link in links))


@pytest.mark.parametrize(
    "body",
    [
        "<a href='/f/1.docx'>甲县财政局政府信息公开工作年度报告.docx</a>",
        "<iframe src='/pdfjs/web/viewer.html?file=/f/1.pdf'></iframe>",
        "<iframe src='/frame/1.html'></iframe>",
        "<img src='/i/1.jpg'><img src='/i/2.jpg'>",
    ],
)
def test_a_report_whose_titles_name_no_year_is_left_to_its_document(body: str) -> None:
    listed = column_of("<a href='/a/1.html'>甲县财政局政府信息公开工作年度报告</a> 2024-01-11")
    site = Site(
        {
            "/nb/": listed,
            "/a/1.html": page("甲县财政局政府信息公开工作年度报告", DATED + body),
            "/f/1.docx": PDF,
            "/f/1.pdf": PDF,
            "/frame/1.html": page("", "报告正文"),
        }
    )
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m", "h")))
    assert accepted(visit) == [("m", "/a/1.html")]
    assert all(ONLY_READING in one.reasons for one in visit.candidates if one.accepted)


def test_a_report_without_a_year_whose_page_names_another_year_is_that_years() -> None:
    listed = column_of("<a href='/a/1.html'>甲县财政局政府信息公开工作年度报告</a> 2024-01-11")
    site = Site({"/nb/": listed, "/a/1.html": page("甲县财政局2022年政府信息公开工作年度报告", DATED)})
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m",)))
    assert accepted(visit) == []
    assert visit.outcome is Outcome.COMPLETE


def test_a_report_of_nobody_accuses_none_of_those_who_share_the_column() -> None:
    listed = page(
        "政府信息公开年报",
        rows("甲县卫生健康局", 2023) + "<li><a href='/a/1.html'>2023年政府信息公开工作年度报告</a> 2024-01-11</li>",
    )
    site = Site({"/nb/": listed, "/a/1.html": page("2023年政府信息公开工作年度报告", DATED)})
    found = visits(site, Column(f"{HOST}/nb/", ("m", "h", "c")))
    assert {organ for organ, url in accepted(*found) if url == "/a/1.html"} == {"m", "c"}


@pytest.mark.parametrize("title", ["2023年政府信息公开工作年度报告", "政府信息公开工作年度报告（2023年）"])
def test_a_report_that_names_nobody_in_an_organs_row_of_a_table_is_that_organs(title: str) -> None:
    table = (
        "<table><tr><td>县财政局</td><td>"
        f"<a href='/a/1.html' title='{title}'>2023年</a> <a href='/a/0.html' title='2022年年报'>2022年</a></td></tr>"
        f"<tr><td>县卫生健康局</td><td><a href='/a/2.html' title='{title}'>查看</a></td></tr></table>"
    )
    site = Site({"/nb/": page("集中发布", table), "/a/1.html": page(title, DATED), "/a/2.html": page(title, DATED)})
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m", "h", "c")))
    assert accepted(visit) == [("h", "/a/2.html"), ("m", "/a/1.html")]


def test_of_a_report_that_names_nobody_its_text_says_whose_it_is() -> None:
    text = "<p>根据《中华人民共和国政府信息公开条例》的要求，现公布甲县财政局2023年度政府信息公开工作情况。</p>"
    listed = page(
        "政府信息公开年报",
        rows("甲县卫生健康局", 2023) + "<li><a href='/a/1.html'>2023年政府信息公开工作年度报告</a></li>",
    )
    site = Site({"/nb/": listed, "/a/1.html": page("2023年政府信息公开工作年度报告", DATED + text)})
    found = visits(site, Column(f"{HOST}/nb/", ("m", "h", "c")))
    assert [organ for organ, url in accepted(*found) if url == "/a/1.html"] == ["m"]


def test_a_report_without_a_year_that_was_listed_before_its_year_is_not_looked_at() -> None:
    listed = column_of("<a href='/a/1.html'>甲县财政局政府信息公开工作年度报告</a> 2022-01-11")
    site = Site({"/nb/": listed, "/a/1.html": page("甲县财政局政府信息公开工作年度报告", DATED)})
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m",)))
    assert "/a/1.html" not in site.asked
    assert visit.outcome is Outcome.COMPLETE


GROUPS = page(
    "政府信息公开年报",
    "<a href='/c/1.html'>政府年报</a> <a href='/c/2.html'>县直部门</a> <a href='/c/3.html'>乡镇（街道）</a>",
)


def test_a_columns_groups_of_organs_are_lists_of_its_own() -> None:
    """Hanweb numbers its columns: no address says that one lies within the other."""
    site = Site(
        {
            "/": page("甲县人民政府", "<a href='/c/0.html'>政府信息公开年报</a>"),
            "/c/0.html": GROUPS,
            "/c/1.html": page("政府年报", rows("甲县人民政府", 2023)),
            "/c/2.html": page("县直部门", rows("甲县财政局", 2023)),
            "/c/3.html": page("乡镇（街道）", rows("甲县卫生健康局", 2022)),
        }
    )
    found = {
        one: visit for visit in visits(site, Column(f"{HOST}/", ("c", "m", "h"), is_home=True)) for one in visit.organs
    }
    assert ("m", "/a/甲县财政局2023.html") in accepted(found["m"])
    assert found["h"].outcome is Outcome.COMPLETE
    [visit] = visits(site, Column(f"{HOST}/c/0.html", ("c", "m", "h")))
    assert visit.outcome is Outcome.COMPLETE
    assert ("m", "/a/甲县财政局2023.html") in accepted(visit)


def test_a_reprint_of_somebody_elses_report_makes_a_column_nobody_elses() -> None:
    listed = column_of(
        "<a href='/a/0.html'>【转载】甲县人民政府2023年政府信息公开工作年度报告</a> 2024-01-28",
        "<a href='/a/1.html'>2023年政府信息公开工作年度报告</a> 2024-01-11",
    )
    site = Site({"/nb/": listed, "/a/1.html": page("2023年政府信息公开工作年度报告", DATED)})
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m",)))
    assert [(one.url, one.score >= SURE) for one in visit.candidates if one.accepted] == [(f"{HOST}/a/1.html", True)]


def test_a_cut_title_that_names_a_stranger_in_an_organs_own_column_is_left_to_a_person() -> None:
    """甲县审计局 is not registered; its document names no registered organ either, and was the county's for sure."""
    listed = column_of("<a href='/f/1.pdf'>甲县审计局二〇二三年政府信息公开工作年度报...</a> 2024-01-11")
    site = Site({"/nb/": listed, "/f/1.pdf": PDF})
    [visit] = visits(site, Column(f"{HOST}/nb/", ("c",)))
    assert [(one.url, one.score >= SURE) for one in visit.candidates if one.accepted] == [(f"{HOST}/f/1.pdf", False)]


@pytest.mark.parametrize("label", ["人民政府", "县政府", "本级政府", "甲县人民政府"])
def test_behind_the_governments_plain_name_what_names_nobody_is_the_governments(label: str) -> None:
    """人民政府 2023年…年度报告 was taken for a stranger's, and the county called missing."""
    tree = page("政府信息公开年报", f"<a href='/t/1.html'>{label}</a> <a href='/t/2.html'>县卫生健康局</a>")
    own = "<li><a href='/a/{}.html'>2023年政府信息公开年度报告</a> 2024-01-11</li>"
    site = Site(
        {
            "/nb/": tree,
            "/t/1.html": page("年报", own.format("c") + rows("甲县人民政府", 2022, 2021)),
            "/t/2.html": page("年报", own.format("h")),
            "/a/c.html": page("2023年政府信息公开年度报告", DATED),
            "/a/h.html": page("2023年政府信息公开年度报告", DATED),
        }
    )
    found = visits(site, Column(f"{HOST}/nb/", ("h", "c")))
    assert accepted(*found) == [("c", "/a/c.html"), ("h", "/a/h.html")]


def test_behind_an_organs_own_name_what_names_nobody_is_that_organs() -> None:
    tree = page("政府信息公开年报", "<a href='/t/1.html'>县财政局</a> <a href='/t/2.html'>县卫生健康局</a>")
    own = "<li><a href='/f/{}.pdf'>政府信息公开工作年度报告（2023年）</a> 2024-01-11</li>"
    site = Site(
        {
            "/nb/": tree,
            "/t/1.html": page("年报", own.format("m")),
            "/t/2.html": page("年报", own.format("h")),
            "/f/m.pdf": PDF,
            "/f/h.pdf": PDF,
        }
    )
    found = visits(site, Column(f"{HOST}/nb/", ("m", "h", "c")))
    assert sorted(accepted(*found)) == [("h", "/f/h.pdf"), ("m", "/f/m.pdf")]
    assert all(one.score >= SURE for visit in found for one in visit.candidates if one.accepted)


@pytest.mark.parametrize(
    "years",
    [
        "<a href='/f/{0}.pdf'>2023年</a> <a href='/f/{0}2.pdf'>2022年</a>",
        "<select onchange='open(this.value)'><option>--请选择--<option value='/f/{0}.pdf'>2023年</select>",
    ],
)
def test_years_behind_an_organs_own_name_are_that_organs(years: str) -> None:
    tree = page("政府信息公开年报", "<a href='/t/1.html'>县财政局</a> <a href='/t/2.html'>县卫生健康局</a>")
    site = Site(
        {"/nb/": tree, "/t/1.html": page("年报", years.format("m")), "/t/2.html": page("年报", years.format("h"))}
    )
    site.pages |= {f"{HOST}/f/{name}.pdf": PDF for name in ("m", "m2", "h", "h2")}
    found = visits(site, Column(f"{HOST}/nb/", ("m", "h", "c")))
    assert sorted(accepted(*found)) == [("h", "/f/h.pdf"), ("m", "/f/m.pdf")]
    assert all(one.score >= SURE for visit in found for one in visit.candidates if one.accepted)


def test_a_years_page_that_is_called_like_a_report_hides_nothing_that_it_leads_to() -> None:
    """Its names of organs were seen before: 2023年 leads to the column's first page once more."""
    names = "<h1>2023年政府信息公开年度报告</h1><a href='/g/1.html'>人民政府</a> <a href='/g/2.html'>县财政局</a>"
    year = "<a href='/nb/2023/'>2023年</a> <a href='/nb/2022/'>2022年</a>"
    site = Site({"/nb/": page("政府信息公开年报", year + names), "/nb/2023/": page("政府信息公开年报", year + names)})
    site.pages |= {f"{HOST}/g/2.html": page("2023年政府信息公开工作年度报告", DATED + "<a href='/f/m.pdf'>附件</a>")}
    site.pages |= {f"{HOST}/f/m.pdf": PDF}
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m",)))
    sure = [(one.organ, one.url) for one in visit.candidates if one.accepted and one.score >= SURE]
    assert sure == [("m", f"{HOST}/g/2.html")]


@pytest.mark.parametrize(
    "says",
    [
        "<h1>甲县卫生健康局2023年政府信息公开工作年度报告</h1>",
        "<p>现公布甲县卫生健康局2023年度政府信息公开工作情况。</p>",
    ],
)
def test_a_row_that_says_one_organ_and_its_page_that_says_another_are_left_to_a_person(says: str) -> None:
    table = "<table><tr><td>县财政局</td><td><a href='/a/1.html'>2023年政府信息公开工作年度报告</a></td></tr></table>"
    site = Site({"/nb/": page("年报", table), "/a/1.html": f"<html><body>{says}{DATED}</body></html>"})
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m",)))
    assert [(one.organ, one.score < SURE) for one in visit.candidates if one.accepted] == [("m", True)]


def test_where_last_year_has_a_list_of_its_own_it_proves_that_the_column_is_the_organs() -> None:
    years = page("政府信息公开年报", "<a href='/c/23.html'>2023年</a> <a href='/c/22.html'>2022年</a>")
    site = Site(
        {
            "/": page("甲县人民政府", "<a href='/c/0.html'>政府信息公开年报</a>"),
            "/c/0.html": years,
            "/c/23.html": page("2023年", rows("甲县卫生健康局", 2023)),
            "/c/22.html": page("2022年", rows("甲县卫生健康局", 2022) + rows("甲县财政局", 2022)),
        }
    )
    found = {one: seen for seen in visits(site, Column(f"{HOST}/", ("m", "h"), is_home=True)) for one in seen.organs}
    assert found["m"].outcome is Outcome.COMPLETE


def test_documents_of_others_on_a_page_that_gathers_them_are_not_its_own() -> None:
    gathers = "<a href='/f/m.pdf'>甲县财政局2023年度报告</a> <a href='/f/h.pdf'>县卫生健康局2023年年报.pdf</a>"
    listed = column_of("<a href='/a/1.html'>甲县2023年度政府信息公开年报汇总</a> 2024-02-25")
    site = Site({"/nb/": listed, "/a/1.html": page("甲县2023年度政府信息公开年报汇总", DATED + gathers)})
    visits(site, Column(f"{HOST}/nb/", ("c",)))
    assert "/a/1.html" in site.asked
    assert not {"/f/m.pdf", "/f/h.pdf"} & set(site.asked)


@pytest.mark.parametrize(
    ("title", "organs"),
    [
        ("甲县财政局2023年度信息公开工作情况", ("m", "h")),
        ("甲县财政局2023年度工作报告", ("m", "h")),
        ("2023年公开情况", ("m",)),
        ("甲县财政局政府信息公开情况", ("m", "h")),
    ],
)
def test_a_document_behind_vague_words_in_a_column_is_left_to_its_reading(title: str, organs: tuple[str, ...]) -> None:
    listed = page("政府信息公开年报", rows("甲县财政局", 2022) + f"<li><a href='/a/1.html'>{title}</a> 2024-01-20</li>")
    body = DATED + "<a href='/f/1.pdf'>附件.pdf</a>"
    site = Site({"/nb/": listed, "/a/1.html": page(title, body), "/f/1.pdf": PDF})
    found = visits(site, Column(f"{HOST}/nb/", organs))
    assert accepted(*found) == [("m", "/a/1.html")]


@pytest.mark.parametrize(
    "title", ["甲县财政局2023年政务公开工作要点", "甲县财政局2023年度部门决算公开", "甲县财政局2022年信息公开工作情况"]
)
def test_what_says_that_it_is_something_else_is_not(title: str) -> None:
    listed = page("政府信息公开年报", rows("甲县财政局", 2022) + f"<li><a href='/a/1.html'>{title}</a> 2024-01-20</li>")
    site = Site({"/nb/": listed, "/a/1.html": page(title, DATED + "<a href='/f/1.pdf'>附件.pdf</a>"), "/f/1.pdf": PDF})
    found = visits(site, Column(f"{HOST}/nb/", ("m", "h")))
    assert accepted(*found) == []


def test_a_title_without_a_link_that_names_an_organ_whose_report_was_found_hides_nothing_of_the_others() -> None:
    table = (
        "<table><tr><td>县卫生健康局</td><td><a href='/a/h.html'>2023年</a></td></tr>"
        "<tr><td>县财政局</td><td><a href='/a/m.html'>2022年</a></td></tr></table>"
        "<p>甲县卫生健康局2023年政府信息公开工作年度报告</p>"
    )
    own = page("甲县卫生健康局2023年政府信息公开工作年度报告", DATED)
    [visit] = visits(
        Site({"/nb/": page("政府信息公开年报", table), "/a/h.html": own}), Column(f"{HOST}/nb/", ("m", "h"))
    )
    assert accepted(visit) == [("h", "/a/h.html")]
    assert visit.outcome is Outcome.COMPLETE


def test_an_article_whose_document_is_called_like_the_report_is_no_list() -> None:
    text = "<p>现公布甲县财政局2023年度政府信息公开工作情况。</p>"
    attached = "<a href='/f/1.docx'>2023年政府信息公开工作年度报告.docx</a>"
    listed = page(
        "年报", rows("甲县卫生健康局", 2023) + "<li><a href='/a/1.html'>2023年政府信息公开工作年度报告</a></li>"
    )
    site = Site({"/nb/": listed, "/a/1.html": page("2023年政府信息公开工作年度报告", DATED + text + attached)})
    site.pages[f"{HOST}/f/1.docx"] = PDF
    found = accepted(*visits(site, Column(f"{HOST}/nb/", ("m", "h", "c"))))
    assert [(organ, url) for organ, url in found if organ != "h"] == [("m", "/a/1.html")]


@pytest.mark.parametrize(
    "title",
    [
        "甲县2023年政府信息公开工作年度报告集中发布",
        "2023年度政府信息公开工作年度报告汇总发布",
        "甲县各部门2023年政府信息公开工作年度报告",
    ],
)
@pytest.mark.parametrize(
    "body", ["<a href='/f/1.docx'>附件.docx</a>", "<iframe src='/viewer.html?file=/f/1.docx'></iframe>"]
)
def test_an_article_that_gathers_a_years_reports_by_organs_names_is_read_as_a_list(title: str, body: str) -> None:
    gathers = "<p>一、政府</p><a href='/g/1.html'>甲县人民政府</a><p>二、部门</p><a href='/g/2.html'>县财政局</a>"
    listed = column_of(
        f"<a href='/a/1.html'>{title}</a> 2024-01-12", "<a href='/a/0.html'>2022年政府信息公开工作年度报告集中发布</a>"
    )
    report = page("2023年政府信息公开工作年度报告", DATED + body)
    site = Site({"/nb/": listed, "/a/1.html": page(title, DATED + gathers), "/g/1.html": report, "/g/2.html": report})
    site.pages[f"{HOST}/f/1.docx"] = PDF
    found = accepted(*visits(site, Column(f"{HOST}/nb/", ("m", "h", "c"))))
    assert ("m", "/g/2.html") in found and ("c", "/g/1.html") in found
    assert ("h", "/g/2.html") not in found


def test_the_name_of_the_site_over_a_page_says_not_whose_report_it_is() -> None:
    """<title>甲县人民政府</title> over every page of the portal."""
    form = "".join(f"<h2>{word}</h2>" for word in rules().form_words)
    text = f"<p>现公布甲县财政局2023年度政府信息公开工作情况。数据统计期限为2023年1月1日至2023年12月31日。</p>{form}"
    article = (
        f"<html><head><title>甲县人民政府</title></head><body><div>2023年政府信息公开工作年度报告</div>{DATED}{text}"
    )
    listed = page(
        "年报", rows("甲县卫生健康局", 2023) + "<li><a href='/a/1.html'>2023年政府信息公开工作年度报告</a></li>"
    )
    site = Site({"/nb/": listed, "/a/1.html": article})
    found = accepted(*visits(site, Column(f"{HOST}/nb/", ("m", "h", "c"))))
    assert [organ for organ, url in found if url == "/a/1.html"] == ["m"]


def test_a_list_that_breaks_off_proves_nothing() -> None:
    whole = page("政府信息公开年报", rows("甲县财政局", 2022, 2021))
    for text, outcome in ((whole, Outcome.COMPLETE), (whole[: whole.index("2021年")], Outcome.PARTIAL)):
        [visit] = visits(Site({"/nb/": text}), Column(f"{HOST}/nb/", ("m",)))
        assert visit.outcome is outcome


@pytest.mark.parametrize(("source", "sure"), [("甲县人民政府", False), ("甲县财政局", True), ("甲县融媒体中心", True)])
def test_a_nameless_report_whose_page_names_another_organ_as_its_source_is_left_to_its_document(
    source: str, sure: bool
) -> None:
    """The county's newest report stood in the frame of every department's column, and was taken for four of theirs."""
    listed = column_of("<a href='/a/1.html'>政府信息公开工作年度报告（2023年）</a> 2024-01-11")
    head = f"<meta name='ContentSource' content='{source}'>"
    site = Site({"/nb/": listed, "/a/1.html": head + page("政府信息公开工作年度报告（2023年）", DATED)})
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m",)))
    [taken] = [one for one in visit.candidates if one.accepted]
    assert (taken.score >= SURE) == sure
    assert (MAY_BE_ITS in taken.reasons) != sure
