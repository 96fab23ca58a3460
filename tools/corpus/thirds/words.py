"""The prose of a report: six sections that agree with the figures, in several offices' manners."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from tools.corpus.thirds import grids
from tools.corpus.thirds.facts import Facts, groups
from tools.corpus.thirds.grids import Grid

HEADINGS = [
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
]
NUMBERS = "一二三四五六"


@dataclass
class Document:
    """What stands on paper, in order."""

    title: str
    preface: list[str]
    sections: list[tuple[str, list[str | Grid]]]
    signature: list[str]
    extras: dict[str, str] = field(default_factory=dict)


def total(facts: Facts, *rows: str) -> int:
    return sum(int(facts.told[f"requests.{r}.total"]) for r in rows)


def group_total(facts: Facts, at: int) -> int:
    return total(facts, *[key for key, _ in groups(facts.form)[at][1]])


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f}%"


def _overview(facts: Facts, rng: Random) -> list[str]:
    us = {"city": "我市", "county": "全县", "department": "我局", "township": "我镇"}[facts.kind]
    new, carried, handled, left = (total(facts, k) for k in ("new", "carried_in", "handled", "carried_out"))
    opened, refused, unheld = (
        group_total(facts, 0) + group_total(facts, 1),
        group_total(facts, 2),
        group_total(facts, 3),
    )
    declined, closed = group_total(facts, 4), group_total(facts, 5)
    paper, net = new // 3, new - new // 3
    asked = [
        f"（二）依申请公开。{facts.year}年，{us}新收政府信息公开申请{new}件，上年结转{carried}件，办结{handled}件，结转下年度继续办理{left}件。",
        f"（二）依申请公开情况。全年共收到政府信息公开申请{new}件，其中网络申请{net}件、信函申请{paper}件。在办结的申请中，予以公开和部分公开{opened}件，"
        f"不予公开{refused}件，无法提供{unheld}件，不予处理{declined}件，其他处理{closed}件。",
        f"2.依申请公开。{us}严格按照法定时限答复申请人，本年度共办理答复政府信息公开申请{handled}件。",
        f"（二）依法办理依申请公开。修订《政府信息公开申请办理规范》，明确15个工作日内审查、20个工作日内答复，"
        f"{'全年未收到政府信息公开申请。' if new == 0 else f'全年新收申请{new}件。'}",
    ]
    if handled > 20 and opened:
        asked.append(
            f"（二）依申请公开。办结政府信息公开申请{handled}件，其中予以公开及部分公开{opened}件，占办结总数的{_share(opened, handled)}。"
        )
    review, court = (
        facts.shown["challenges.reconsideration.total"],
        [facts.shown[f"challenges.{r}.total"] for r in grids.CHALLENGES[1:]],
    )
    fought = rng.choice(["", f"因政府信息公开申请引发行政复议{review}件、行政诉讼{int(court[0]) + int(court[1])}件。"])
    posts = rng.randint(200, 9000)
    web = posts * 2 // 3
    return [
        f"{facts.year}年，{us}坚持以习近平新时代中国特色社会主义思想为指导，全面贯彻《中华人民共和国政府信息公开条例》，扎实推进政务公开各项工作。",
        rng.choice(
            [
                f"（一）主动公开。通过门户网站、政务新媒体等渠道主动公开政府信息{posts}条，其中门户网站{web}条、政务新媒体{posts - web}条。",
                f"1.主动公开。全年发布各类信息{posts}余条，召开新闻发布会{rng.randint(1, 9)}场，解读政策{rng.randint(3, 60)}件，解读比例达100%。",
                f"（一）主动公开情况。公开部门预算、决算等{rng.randint(10, 300)}条，其中行政许可信息公开{rng.randint(0, 3)}条，同比增长{rng.randint(2, 80)}.6%。",
            ]
        ),
        rng.choice(asked) + fought,
        f"（三）政府信息管理。落实“三审三校”，清理文件{rng.randint(2, 40)}件，2018年以来累计公开{rng.randint(900, 20000)}条。",
        "（四）平台建设。一是优化栏目设置；二是推进适老化改造；三是加强政务新媒体管理。",
        f"（五）监督保障。开展业务培训{rng.randint(1, 6)}次，参训{rng.randint(30, 300)}人次；本年度未发生责任追究情形，社会评议结果良好。",
    ]


FEES = [
    "本年度未收取信息处理费，没有其他需要报告的事项。",
    "按照《政府信息公开信息处理费管理办法》，本机关{year}年度发出收费通知0件，收取信息处理费0元。",
    "{year}年，依申请提供政府信息未收取任何费用；其他无需要报告的事项。",
    "无收取政府信息公开信息处理费情况。",
]


def write(facts: Facts, rng: Random) -> Document:
    name = facts.organ.removesuffix("人民政府") if rng.random() < 0.5 and facts.kind != "township" else facts.organ
    gap = rng.choice(["", "", " "])
    title = rng.choice(
        [
            f"{name}{facts.year}年政府信息公开工作年度报告",
            f"{name}{gap}{facts.year}{gap}年政府信息公开工作年度报告",
            f"{facts.year}年{facts.organ}政府信息公开工作年度报告",
            f"{facts.organ}关于{facts.year}年度政府信息公开工作的年度报告",
        ]
    )
    notice = "国办公开办函〔2021〕30号" if facts.year > 2020 else "国办公开办函〔2019〕60号"
    preface = [
        rng.choice(
            [
                f"根据《中华人民共和国政府信息公开条例》（国务院令第711号）和《国务院办公厅政府信息与政务公开办公室关于印发〈中华人民共和国政府信息公开工作年度报告格式〉的通知》（{notice}）要求，编制本报告。",
                "本报告按照《中华人民共和国政府信息公开条例》（以下简称《条例》）第五十条规定编制。",
            ]
        )
        + rng.choice(
            [
                f"所列数据的统计期限自{facts.year}年1月1日起至{facts.year}年12月31日止。",
                f"本报告中所列数据统计期限为{facts.year}年1月1日至12月31日。如有疑问，请联系办公室（电话：0{rng.randint(310, 999)}-{rng.randint(2000000, 8999999)}，邮编：{rng.randint(100000, 700000)}）。",
            ]
        )
    ]
    problems = [
        "存在问题：一是部分栏目更新不够及时；二是解读形式较为单一；三是业务水平有待提升。",
        f"改进措施：一是强化培训；二是丰富解读形式；三是压实责任，力争{facts.year + 1}年工作再上新台阶。",
    ]
    bodies: list[list[str | Grid]] = [
        [*_overview(facts, rng)],
        [grids.proactive(facts)],
        [grids.requests(facts)],
        [grids.challenges(facts)],
        [*problems],
        [rng.choice(FEES).format(year=facts.year)],
    ]
    signature = (
        [] if rng.random() < 0.3 else [facts.organ, f"{facts.year + 1}年{rng.randint(1, 2)}月{rng.randint(1, 28)}日"]
    )
    return Document(title, preface, list(zip(HEADINGS, bodies, strict=True)), signature)
