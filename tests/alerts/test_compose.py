from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alerts.compose import compose
from alerts.letters import DETAILED
from alerts.model import Letterhead, Revision, Subscriber
from alerts.words import Words, kinds
from portals.series import find_series
from reports.model import Cause
from storage.records import Outcome, Status, Visit
from tests.alerts.cases import HEAD, NOW, OFFICER, case, finding, html, organ, parsed, plain


def test_one_digest_tells_the_gravest_first() -> None:
    cases = [case("published", organ("a")), case("unknown", organ("b")), case("missing", organ("c"), late_by="statute")]
    (message,) = compose(cases, replace(OFFICER, severity="info"), HEAD, NOW)
    text = plain(message)
    assert text.index("未发布 · ") < text.index("未能核实 · ") < text.index("按期发布 · ")
    assert message.events == ("missing-c", "published-a", "unknown-b")


def test_an_immediate_subscriber_gets_one_mail_a_cause() -> None:
    blocked: dict[str, Any] = {"status": Status.UNKNOWN, "cause": "blocked"}
    platform = [case("unknown", organ(f"p{n}", host="www.platform.example"), **blocked) for n in range(200)]
    other = case("unknown", organ("q", host="www.other.example"), **blocked)
    messages = compose(
        [*platform, other, case("missing", organ("m"))], replace(OFFICER, delivery="immediate"), HEAD, NOW
    )
    assert sorted(len(message.events) for message in messages) == [1, 1, 200]
    assert len({message.id for message in messages}) == 3


def test_a_cause_that_many_share_is_told_once_with_its_organs_in_a_table() -> None:
    cases = [
        case("unknown", organ(f"p{n}", f"第{n}局", host="www.platform.example"), cause="blocked") for n in range(30)
    ]
    text = plain(compose(cases, OFFICER, HEAD, NOW)[0])
    assert text.count("被网站防护拦截") == 1
    assert text.count("第29局") == 1


def test_the_same_cases_give_the_same_bytes_in_any_order_and_another_subscriber_another_id() -> None:
    cases = [case("missing", organ("a")), case("late", organ("b"))]
    first, again = compose(cases, OFFICER, HEAD, NOW), compose(cases[::-1], OFFICER, HEAD, NOW)
    assert first == again
    assert compose(cases, replace(OFFICER, email="x@y.example"), HEAD, NOW)[0].id != first[0].id
    assert compose(cases[:1], OFFICER, HEAD, NOW)[0].id != first[0].id


def test_nothing_to_tell_is_no_mail() -> None:
    assert compose([], OFFICER, HEAD, NOW) == []
    assert compose([case("published", organ("a"))], OFFICER, HEAD, NOW) == []


def test_mails_of_one_obligation_hang_in_one_thread() -> None:
    (late,) = compose([case("late", organ("a"))], OFFICER, HEAD, NOW)
    (revised,) = compose([case("revised", organ("a"))], OFFICER, HEAD, NOW)
    (elsewhere,) = compose([case("late", organ("b"))], OFFICER, HEAD, NOW)
    assert parsed(late)["References"] == parsed(revised)["References"] != parsed(elsewhere)["References"]
    assert parsed(late)["Message-ID"] == f"<{late.id}>" != parsed(revised)["Message-ID"]


def test_a_doubtful_finding_is_told_to_operators_and_never_to_officers() -> None:
    doubtful = case("malformed", organ("a"), (finding(severity="doubtful"),))
    mixed = case("malformed", organ("b"), (finding("row.added"), finding("cell.blank", "doubtful")))
    assert compose([doubtful, case("doubtful", organ("c"), (finding(severity="doubtful"),))], OFFICER, HEAD, NOW) == []
    (message,) = compose([doubtful, mixed], OFFICER, HEAD, NOW)
    assert message.events == ("malformed-b",)
    assert "row.added" in plain(message) and "cell.blank" not in plain(message) + html(message)
    (operators,) = compose([doubtful], replace(OFFICER, role="operator"), HEAD, NOW)
    assert "sum.handled" in plain(operators)


def test_findings_with_one_cause_are_one_fault_with_its_consequences() -> None:
    cause = Cause("requests.handled.total", 12)
    findings = (finding("sum.handled", cause=cause), finding("sum.balance", cause=cause), finding("row.added"))
    text = plain(compose([case("malformed", organ("a"), findings)], OFFICER, HEAD, NOW)[0])
    assert "sum.handled 不平（同一原因的问题共 2 项）" in text
    assert "sum.balance" not in text


def test_what_was_seen_and_the_evidence_stand_in_the_mail() -> None:
    visit = Visit("v1", datetime(2024, 2, 21, 3, tzinfo=UTC), "http://x.example/", ("a",), 2023, Outcome.BLOCKED, "521")
    told = replace(case("missing", organ("a"), last_absent=NOW, evidence=("id-1", "visit:v1")), visits=(visit,))
    text = plain(compose([told], OFFICER, HEAD, NOW)[0])
    assert "期限：2024年1月31日（已超过 40 天）" in text
    assert "查看记录：2024年2月21日 11:00 被网站防护拦截" in text
    assert "查看记录：2024年3月11日 23:59 完整查看，未见报告" in text
    assert "id-1" in text and "visit:v1" in text
    assert "《条例》第四十九条" in text
    assert "http://127.0.0.1:8000/organs/a" in text


def test_a_subscriber_reads_english_when_they_asked_for_it() -> None:
    (message,) = compose([case("missing", organ("a"))], replace(OFFICER, language="en"), HEAD, NOW)
    assert parsed(message)["Content-Language"] == "en"
    assert message.subject == "[Nianbao] 11 March 2024: 云溪市林业局: Not published"
    assert '<html lang="en">' in html(message)
    assert "Due: 31 January 2024 (40 days ago)" in plain(message)


def test_without_public_pages_a_mail_has_no_links_and_whole_evidence_ids() -> None:
    told = case("missing", organ("a"), evidence=("6f1c2a34-0d5e-4b6f-8a70-112233445566",))
    (message,) = compose([told], OFFICER, Letterhead("nianbao@monitor.example"), NOW)
    assert "6f1c2a34-0d5e-4b6f-8a70-112233445566" in html(message)
    assert "href" not in html(message)


def test_a_hostile_title_is_text_and_only_text() -> None:
    name = "林业局<img src=x onerror=alert(1)>\r\nBcc: victim@x.example\u202e{{7*7}}"
    told = case("late", organ("a", name), url="javascript:alert(1)")
    (message,) = compose([told], OFFICER, HEAD, NOW)
    mail = parsed(message)
    assert mail["Bcc"] is None
    assert "<img" not in html(message) and "&lt;img" in html(message)
    assert "49" not in message.subject and "\u202e" not in plain(message) + message.subject
    assert "javascript:" not in html(message) + plain(message)


def test_more_organs_than_fit_are_told_in_a_table() -> None:
    cases = [case("missing", organ(f"o{n}", f"第{n}局")) for n in range(DETAILED + 1)]
    assert "<th" in html(compose(cases, OFFICER, HEAD, NOW)[0])
    assert "<th" not in html(compose(cases[1:], OFFICER, HEAD, NOW)[0])


def test_a_mail_about_very_many_stays_short_enough_to_be_read_and_counts_them_all() -> None:
    dark = {"status": Status.UNKNOWN, "cause": "blocked"}
    many = [case("unknown", organ(f"u{n}", host=f"h{n % 100}.example"), (), **dark) for n in range(3000)]
    (message,) = compose([*many, *(case("missing", organ(f"m{n}")) for n in range(3000))], OFFICER, HEAD, NOW)
    assert len(message.html or "") < 300_000
    assert "未发布3000个机关" in message.subject and "未能核实3000个机关" in message.subject
    assert len(message.events) == 6000
    left = sum(int(number) for number in re.findall(r"另有 (\d+) 个机关", plain(message)))
    assert left + len(re.findall(r"^\* ", plain(message), re.MULTILINE)) == 6000


def test_subscribers_get_their_regions_subtree_and_their_organs() -> None:
    cases = [
        case("missing", organ("city", region="511900")),
        case("missing", organ("county", region="511902")),
        case("missing", organ("town", region="511902004")),
        case("missing", organ("far", region="500237")),
    ]

    def told(**chosen: Any) -> set[str]:
        messages = compose(cases, replace(OFFICER, **chosen), HEAD, NOW)
        return {event.removeprefix("missing-") for message in messages for event in message.events}

    assert told(regions=("510000",)) == {"city", "county", "town"}
    assert told(regions=("511902",)) == {"county", "town"}
    assert told(regions=("511902",), organs=("far",)) == {"county", "town", "far"}
    assert told(organs=("far",)) == {"far"}
    assert told() == {"city", "county", "town", "far"}


def test_severity_follows_the_deadline_that_was_missed() -> None:
    by_notice = case("late", organ("a"), late_by="notice")
    by_statute = case("late", organ("b"), late_by="statute")
    (message,) = compose([by_notice, by_statute], replace(OFFICER, severity="error"), HEAD, NOW)
    assert message.events == ("late-b",)


def test_what_takes_back_an_accusation_is_told_to_those_who_were_told_the_accusation() -> None:
    def told(before: str, kind: str = "published") -> list[str]:
        news = case(kind, organ("a"), status=Status.ON_TIME)
        news = replace(news, event=replace(news.event, before=before, after="on_time"))
        return [plain(message) for message in compose([news], OFFICER, HEAD, NOW)]

    assert "此前：未发布" in told("missing")[0] and "此前：未知" in told("unknown")[0]
    assert told("pending") == [] and len(told("missing", "recovered")) == 1


def test_what_is_missing_gets_graver_when_it_is_looked_for_after_the_statutes_day() -> None:
    dates = {"due_notice": date(2024, 2, 20), "due_statute": date(2024, 3, 10)}
    by_notice = case("missing", organ("a"), last_absent=datetime(2024, 3, 10, 4, tzinfo=UTC), **dates)
    by_statute = case("missing", organ("b"), last_absent=datetime(2024, 3, 11, 4, tzinfo=UTC), **dates)
    (message,) = compose([by_notice, by_statute], replace(OFFICER, severity="error"), HEAD, NOW)
    assert message.events == ("missing-b",)


def looked(day: int, outcome: Outcome = Outcome.COMPLETE, detail: str = "") -> Visit:
    at = datetime(2024, 2, day, 3, tzinfo=UTC)
    return Visit(f"v{day}", at, "http://x.example/", ("a",), 2023, outcome, detail)


def test_each_complete_visit_that_did_not_show_the_report_says_so() -> None:
    news = replace(case("missing", organ("a")), visits=(looked(18), looked(19)))
    (message,) = compose([news], OFFICER, HEAD, NOW)
    assert "2024年2月18日 11:00 完整查看，未见报告" in plain(message)


def test_what_the_crawler_noted_in_english_is_for_operators() -> None:
    news = replace(
        case("unknown", organ("a"), cause="unreachable"), visits=(looked(21, Outcome.UNREACHABLE, "no answer"),)
    )
    (officers,), (operators,) = (
        compose([news], who, HEAD, NOW) for who in (OFFICER, replace(OFFICER, role="operator"))
    )
    assert "网站无法连接" in plain(officers) and "no answer" not in plain(officers)
    assert "网站无法连接 · no answer" in plain(operators)


def test_ids_of_captures_made_together_can_be_told_apart() -> None:
    ids = ("01a2231f-0ab7-76c2-9178-1d88e8b8ae19", "01a2231f-0b6f-73dd-b382-8532d4a473ac")
    (message,) = compose([case("missing", organ("a"), evidence=ids)], OFFICER, HEAD, NOW)
    assert message.html is not None and ">e8b8ae19<" in message.html and ">d4a473ac<" in message.html


def test_the_links_of_an_english_mail_lead_to_english_pages() -> None:
    news = case("missing", organ("a"), evidence=("id-1", "visit:v1"), versions=2)
    (message,) = compose([news], replace(OFFICER, language="en"), HEAD, NOW)
    ours = re.findall(r'href="(http://127.0.0.1:8000[^"]*)"', message.html or "")
    assert len(ours) > 5 and all("lang=en" in address for address in ours)


def test_a_revision_is_told_with_its_side_of_the_due_day_and_the_cells_that_changed() -> None:
    moments = datetime(2024, 2, 10, 4, tzinfo=UTC), datetime(2024, 2, 19, 4, tzinfo=UTC)
    revision = Revision(*moments, "ogi-2021", (("requests.new.total", "11", "12"),))
    news = replace(case("revised", organ("a"), status=Status.ON_TIME, versions=2), revision=revision)
    (message,) = compose([news], OFFICER, HEAD, NOW)
    assert "改动：2024年2月10日 12:00 与 2024年2月19日 12:00 之间（期限之后）" in plain(message)
    assert "改动：「一、本年新收政府信息公开申请数量」的「总计」：11 → 12" in plain(message)
    (message,) = compose([replace(news, revision=replace(revision, cells=()))], OFFICER, HEAD, NOW)
    assert "改动：数据未变，只改动了文字" in plain(message)


def test_a_due_day_in_a_holiday_is_told_with_it() -> None:
    dates = {"due_notice": date(2025, 1, 31), "due_statute": date(2025, 1, 31)}
    at = datetime(2025, 2, 10, 3, tzinfo=UTC)
    news = case("missing", organ("a"), **dates)
    (message,) = compose([replace(news, event=replace(news.event, at=at))], OFFICER, HEAD, at)
    assert "期限：2025年1月31日（春节假期内，期限不顺延，已超过 10 天）" in plain(message)


def test_one_day_is_not_days() -> None:
    news = case("missing", organ("a"), due_notice=date(2024, 1, 31), due_statute=date(2024, 1, 31))
    (message,) = compose([news], replace(OFFICER, language="en"), HEAD, datetime(2024, 2, 1, 3, tzinfo=UTC))
    assert "(1 day ago)" in plain(message)


def test_a_reminder_of_another_series_cites_its_own_rules() -> None:
    website = find_series("website")
    assert website is not None
    (message,) = compose([replace(case("missing", organ("a")), series=website)], OFFICER, HEAD, NOW)
    assert website.reminder_zh in plain(message) and "第四十七条" not in plain(message)


def test_a_mail_about_another_series_leads_to_its_board() -> None:
    website = find_series("website")
    assert website is not None
    news = case("missing", organ("a"))
    (message,) = compose(
        [replace(news, event=replace(news.event, series="website"), series=website)], OFFICER, HEAD, NOW
    )
    assert "/board?year=2023&series=website" in plain(message)


def test_both_languages_have_the_same_words() -> None:
    assert Words("zh")._words.keys() == Words("en")._words.keys()
    for kind in kinds().values():
        assert kind.zh.label and kind.en.label and kind.zh.meaning and kind.en.todo


HEADERS = frozenset(
    [
        "Date",
        "From",
        "To",
        "Subject",
        "Message-ID",
        "References",
        "In-Reply-To",
        "Auto-Submitted",
        "Content-Language",
        "MIME-Version",
        "Content-Type",
    ]
)


class _Balance(HTMLParser):
    void = frozenset({"meta", "br", "img", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@given(st.text(max_size=200), st.text(max_size=200), st.sampled_from(["zh", "en"]), st.sampled_from(sorted(kinds())))
def test_no_text_breaks_the_markup_or_the_headers(name: str, title: str, language: str, kind: str) -> None:
    told = case(kind, organ("a", name), (finding(title),), url=title, cause=name, published=date(2024, 2, 1))
    subscriber = Subscriber(name or "x", "a@b.example", language, kinds=(kind,), severity="info", role="operator")  # type: ignore[arg-type]
    (message,) = compose([told], subscriber, HEAD, NOW)
    mail = parsed(message)
    assert set(mail.keys()) == HEADERS
    assert len(mail.keys()) == len(HEADERS)
    page = _Balance()
    page.feed(html(message))
    assert page.open == []
    assert not page.tags & {"script", "img", "link", "iframe", "object", "form"}
