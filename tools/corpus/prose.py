# ruff: noqa: E501 -- phrases and mark-up stay on one line
"""Sentences around the tables, true to the figures; and the same sentences made false in one known way."""

from __future__ import annotations

from random import Random

from tools.corpus.figures import Number
from tools.corpus.spec import Spec


def total(spec: Spec, row: str) -> int:
    return int(spec.figures[f"requests.{row}.total"])


def groups(spec: Spec) -> dict[str, int]:
    """The outcome groups by their Chinese names."""
    sums = {"予以公开": 0, "部分公开": 0, "不予公开": 0, "无法提供": 0, "不予处理": 0, "其他处理": 0}
    for row in spec.form.tables["requests"].rows:
        for name in sums:
            if name in row.group or (not row.group and name in row.label):
                sums[name] += total(spec, row.key)
    return sums


def write_prose(rng: Random, spec: Spec) -> None:
    """Fill the prose of a sound report."""
    y, organ = spec.year, spec.organ
    spec.preface = [_preface(rng, spec)]
    scope = {"city": "全市", "county": "全县", "department": "我局", "township": "我镇"}[spec.kind]
    overview = [
        rng.choice(
            [
                f"{y}年，{organ}围绕中心工作，把政务公开摆在重要位置，各项任务按期完成。",
                f"一年来，{scope}坚持公开为常态，不断提高工作质量，群众满意度稳步上升。",
            ]
        ),
        f"（一）主动公开。{_proactive(rng, spec, scope)}",
        f"（二）依申请公开。{_requests(rng, spec, scope)}",
        f"（三）政府信息管理。{rng.choice(['健全审核发布制度，先审后发，责任到人。', '对历年文件作了一次梳理，更新了目录。'])}",
        f"（四）平台建设。{_platform(rng)}",
        f"（五）监督保障。全年开展业务培训{rng.randint(1, 9)}次，通报问题{rng.randint(2, 40)}个，均已整改。",
    ]
    spec.prose["overview"] = overview
    spec.prose["problems"] = [
        "存在的问题："
        + rng.choice(["一是公开内容还不够细；二是解读形式较为单一。", "一是更新不够及时，二是人员变动较大。"]),
        f"改进措施：{rng.choice(['加强学习培训，配齐专职人员。', '拓展解读渠道，多用图表和问答。'])}力争{y + 1}年取得新成效。",
    ]
    spec.prose["other_matters"] = [_other(rng, spec)]


def _preface(rng: Random, spec: Spec) -> str:
    y = spec.year
    law = rng.choice(
        [
            "《中华人民共和国政府信息公开条例》",
            "《中华人民共和国政府信息公开条例》（国务院令第711号）",
            "《中华人民共和国政府信息公开条例》（中华人民共和国国务院令第711号，以下简称《条例》）",
            "《政府信息公开条例》（以下简称《条例》）",
        ]
    )
    notice = rng.choice(["", "", f"和《政府信息公开工作年度报告格式》（{spec.form.ground}）"])
    period = rng.choice(
        [
            f"本报告所列数据的统计期限自{y}年1月1日起，至{y}年12月31日止。",
            f"数据统计期限为{y}年1月1日至12月31日。",
            f"报告中数据统计时间为 {y} 年 1 月 1 日至 {y} 年 12 月 31 日。",
            f"本年度报告中所列数据的统计期限从{y}年1月1日到{y}年12月31日止。",
        ]
    )
    return f"根据{law}{notice}的要求，现公布{spec.organ}{y}年度政府信息公开工作情况。{period}"


def _proactive(rng: Random, spec: Spec, scope: str) -> str:
    parts = [f"全年通过门户网站公开各类信息{rng.randint(20, 9000)}条，政务新媒体发布{rng.randint(10, 900)}条。"]
    decisions = spec.figures.get("proactive_disclosure.administrative_licensing.decisions", 0)
    if int(decisions) > 20 and rng.random() < 0.4:
        parts.append(f"公开行政许可信息{int(decisions) - rng.randint(1, 10)}条。")  # fewer than decided is no fault
    if int(decisions) >= 20_000 and rng.random() < 0.5:
        parts.append(f"{scope}办理行政许可{int(decisions) // 10_000}万余件。")  # a rounding is no fault
    return "".join(parts)


def _platform(rng: Random) -> str:
    return rng.choice(
        [
            f"优化栏目{rng.randint(2, 20)}个，网站访问量{rng.randint(1000, 90000)}人次。",
            "专栏按统一规范改版，检索更为便捷。",
        ]
    )


def _requests(rng: Random, spec: Spec, scope: str) -> str:
    new, old, done, left = (total(spec, key) for key in ("new", "carried_in", "handled", "carried_out"))
    y = spec.year
    if new + old == 0 and rng.random() < 0.5:
        return rng.choice([f"{y}年，{scope}未收到政府信息公开申请。", f"{scope}全年没有收到依申请公开件。"])
    style = rng.randrange(4)
    if style == 0:
        text = (
            f"{y}年，{scope}共收到政府信息公开申请{new}件，上年结转{old}件，办结{done}件，结转下年度继续办理{left}件。"
        )
    elif style == 1:
        text = f"全年新收政府信息公开申请 {new} 件，其中自然人申请 {int(spec.figures['requests.new.natural_person'])} 件；答复 {done} 件。"
    elif style == 2:
        text = f"本年度受理政府信息公开申请{new + old}件（含上年结转{old}件），均依法办理，已办结{done}件。"
    else:
        text = f"{scope}收到依申请公开{new}件，按时办理{done}件，结转下年{left}件。"
    return text + _outcomes(rng, spec, done) + _challenges(rng, spec)


def _outcomes(rng: Random, spec: Spec, done: int) -> str:
    named = groups(spec)
    if done == 0 or spec.quiet or rng.random() < 0.4:
        return ""
    listed = "，".join(f"{name}{count}件" for name, count in named.items())
    if rng.random() < 0.5:
        return f"办结的申请中，{listed}。"
    share = round((named["予以公开"] + named["部分公开"]) * 100 / done, 1)
    return f"其中予以公开及部分公开{named['予以公开'] + named['部分公开']}件，占办结总数的{share:g}%。"


def _challenges(rng: Random, spec: Spec) -> str:
    review = int(spec.figures["challenges.reconsideration.total"])
    court = int(
        spec.figures["challenges.litigation_direct.total"]
        + spec.figures["challenges.litigation_after_reconsideration.total"]
    )
    if rng.random() < 0.5:
        return ""
    if review + court == 0:
        return rng.choice(["未发生因政府信息公开引起的行政复议和行政诉讼。", ""])
    return rng.choice(
        [
            f"因政府信息公开引发行政复议{review}件、行政诉讼{court}件。",
            f"全年发生政府信息公开行政复议 {review} 件，行政诉讼 {court} 件。",
        ]
    )


def _other(rng: Random, spec: Spec) -> str:
    return rng.choice(
        [
            "本年度未收取信息处理费，没有其他需要报告的事项。",
            f"{spec.year}年，本机关未发出收费通知，未收取政府信息公开信息处理费。",
            "依据《政府信息公开信息处理费管理办法》，全年收取信息处理费0元。无其他需要报告的事项。",
            "无收取信息处理费情况，无其他需要报告的事项。",
        ]
    )


# --- faults -----------------------------------------------------------------------------------------------------------


def fault_mismatch(rng: Random, spec: Spec) -> bool:
    """A sentence that plainly speaks of the whole organ's requests and gives another figure."""
    scope = {"city": "全市", "county": "全县", "department": "我局", "township": "我镇"}[spec.kind]
    new, old, done, left = (total(spec, key) for key in ("new", "carried_in", "handled", "carried_out"))
    kind = rng.randrange(4)
    off = rng.choice([1, 2, 7, 10])
    if kind == 0:
        text = f"{spec.year}年，{scope}共收到政府信息公开申请{new + old + off}件。"
    elif kind == 1:
        text = f"{spec.year}年，{scope}办结政府信息公开申请{done + off}件。"
    elif kind == 2:
        text = f"{scope}结转下年度继续办理政府信息公开申请{left + off}件。"
    else:
        review = int(spec.figures["challenges.reconsideration.total"])
        text = f"因政府信息公开引发行政复议{review + off}件。"
    spec.prose["overview"][2] = f"（二）依申请公开。{text}"
    spec.expected.add(("narrative.mismatch", ""))
    return True


def fault_parts(rng: Random, spec: Spec) -> bool:
    new = rng.randint(20, 90)
    one, two = rng.randint(1, 9), rng.randint(1, 9)
    spec.prose["overview"][1] = (
        f"（一）主动公开。全年发布解读材料{new}篇，其中文字解读{one}篇，图片解读{new - one - two + rng.choice([1, 3])}篇，视频解读{two}篇。"
    )
    spec.expected.add(("narrative.parts", ""))
    return True


def fault_percentage(rng: Random, spec: Spec) -> bool:
    done = total(spec, "handled")
    named = groups(spec)
    if done < 3:
        return False
    share = round(named["予以公开"] * 100 / done, 1)
    wrong = share + rng.choice([7.5, 12, 20]) if share < 70 else share - rng.choice([7.5, 12, 20])
    spec.prose["overview"][2] = f"（二）依申请公开。办结{done}件，其中予以公开{named['予以公开']}件，占{wrong:g}%。"
    spec.expected.add(("narrative.percentage", ""))
    return True


def fault_gap(rng: Random, spec: Spec) -> bool:
    spec.prose["overview"][3] = rng.choice(
        [
            "（三）政府信息管理。现行有效的行政规范性文件  件，均已公开。",
            "（三）政府信息管理。全年制发规范性文件件，已全部公布。",
            "（三）政府信息管理。全年召开新闻发布会 场，回应群众关切 次。",
        ]
    )
    spec.expected.add(("narrative.gap", ""))
    return True


def number(value: Number) -> str:
    return str(value)
