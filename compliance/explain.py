"""An assessment's reasoning in words, Chinese and English: what was owed, what was seen, what follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from compliance.moments import SHANGHAI, end_of
from portals.model import Obligation
from portals.working import show_working
from storage.records import Assessment, Status

_CAUSES = {
    "abolished": ("期限之前该机关已经撤销或合并", "the organ was abolished or merged before the report was due"),
    "not_owed": ("按现行名录和规定不负有公布义务", "by the register and the rules as they are now it owes none"),
    "partial": ("栏目未能完整查看", "the column could be seen only in part"),
    "unreachable": ("网站无法连接", "the site could not be reached"),
    "server_error": ("网站服务器出错", "the site's server answered with an error"),
    "blocked": ("访问被网站防护拦截", "the site's firewall blocked the visit"),
    "robots": ("robots.txt 不允许访问", "robots.txt forbids the visit"),
    "soft_404": ("栏目页面不存在", "the column's page does not exist"),
    "moved": ("栏目已迁往别处", "the column has moved elsewhere"),
    "redesigned": ("栏目改版，无法辨认", "the column was redesigned beyond recognition"),
    "not_visited": ("期限之后尚未完整查看过栏目", "the column has not been seen whole since the due date"),
    "unreadable": ("疑似报告的文件无法读取", "a document that may be the report could not be read"),
    "unconfirmed": ("疑似报告的文件未能确认", "a document that may be the report could not be confirmed"),
    "fetch_failed": ("疑似报告的页面未能取得", "a page that may be the report could not be fetched"),
    "not_read": ("疑似报告的文件尚未读取", "a document that may be the report has not been read yet"),
    "date_uncertain": (
        "已见到报告，但无法确定是否在期限内公布",
        "the report is there, but when it was published cannot be told",
    ),
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """The same reasoning twice: sentences, in order."""

    zh: tuple[str, ...]
    en: tuple[str, ...]


def explain(assessment: Assessment, obligation: Obligation) -> Explanation:
    """Why the assessment says what it says, from the due date's working to the marks."""
    working = show_working(obligation)
    zh, en = [working.zh], [working.en]
    for chinese, english in (*_status(assessment), *_dates(assessment), *_marks(assessment)):
        zh.append(chinese)
        en.append(english)
    return Explanation(tuple(zh), tuple(en))


def _status(item: Assessment) -> list[tuple[str, str]]:
    cause = _CAUSES.get(item.cause or "", (item.cause or "", item.cause or ""))
    if item.status is Status.EXEMPT:
        return [(f"免于公布：{cause[0]}。", f"Exempt: {cause[1]}.")]
    if item.status is Status.PENDING:
        return [("期限未到，尚未见到报告。", "It is not due yet, and no report has been seen.")]
    if item.status is Status.UNKNOWN:
        return [
            (
                f"不作判断：{cause[0]}。这不表示报告没有公布。",
                f"No verdict: {cause[1]}. This does not mean that none was published.",
            )
        ]
    if item.status is Status.MISSING:
        moment = item.last_absent or item.at
        return [
            (
                f"{_zh(moment)}完整查看栏目，未见报告；期限已过。",
                f"The column was seen whole at {_en(moment)}, after the due date, without the report.",
            )
        ]
    if item.status is Status.ON_TIME:
        return [("在期限内公布。", "It was published in time.")]
    return [_late(item)]


def _late(item: Assessment) -> tuple[str, str]:
    due = item.due_statute if item.late_by == "statute" else item.due_notice
    threshold = ("法定期限", "the statute's limit") if item.late_by == "statute" else ("通知期限", "the notice's date")
    if item.last_absent is not None and item.last_absent > end_of(due):
        return (
            f"逾期公布：{_zh(item.last_absent)}完整查看栏目时仍未见报告，已过{threshold[0]}{due.isoformat()}。",
            f"Late: at {_en(item.last_absent)}, past {threshold[1]} of {due.isoformat()}, the whole column lacked it.",
        )
    return (
        f"逾期公布：页面自己标注的每一个日期都晚于{threshold[0]}{due.isoformat()}。",
        f"Late: every date that the pages claim is after {threshold[1]} of {due.isoformat()}.",
    )


def _dates(item: Assessment) -> list[tuple[str, str]]:
    if item.first_seen is None:
        return []
    lines = [(f"首次见到：{_zh(item.first_seen)}。", f"First seen at {_en(item.first_seen)}.")]
    if item.last_absent is not None:
        lines.append(
            (f"此前最后一次完整查看而未见：{_zh(item.last_absent)}。", f"Last seen absent at {_en(item.last_absent)}.")
        )
    if item.claimed is not None:
        lines.append((f"页面标注的日期：{_day(item.claimed)}。", f"The page claims {_day(item.claimed)}."))
    return lines


def _marks(item: Assessment) -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    if item.backdated:
        lines.append(
            (
                "标注日期之后完整查看栏目时并无此报告，标注日期与所见不符。",
                "After the claimed day the column was seen whole without it: the claim is contradicted.",
            )
        )
    if item.revised:
        lines.append(
            (
                f"公布之后内容有改动，共 {item.versions} 个版本。",
                f"It was changed after publication: {item.versions} versions.",
            )
        )
    if item.withdrawn:
        lines.append(
            ("后来完整查看各栏目，已不见此报告。", "Later complete visits to every column no longer showed it.")
        )
    if item.findings.get("error"):
        count = item.findings["error"]
        lines.append((f"报告内容有 {count} 处错误。", f"The report has {count} errors in it."))
    return lines


def _day(day: date) -> str:
    return day.isoformat()


def _zh(moment: datetime) -> str:
    local = moment.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日{local:%H:%M}"


def _en(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M} (China)"
