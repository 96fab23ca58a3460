"""What a report says: an organ, a year, figures that foot. Figures are the strings that a page shows, named by the form's keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from random import Random

APPLICANTS = [
    "natural_person",
    "enterprise",
    "research_institution",
    "public_interest_organization",
    "legal_services",
    "other",
]
APPLICANT_LABELS = ["商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"]
GROUPS: list[tuple[str, list[tuple[str, str]]]] = [
    ("（一）予以公开", [("disclosed", "")]),
    ("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", [("partially_disclosed", "")]),
    (
        "（三）不予公开",
        [
            ("refused_state_secret", "1.属于国家秘密"),
            ("refused_prohibited_by_law", "2.其他法律行政法规禁止公开"),
            ("refused_security_stability", "3.危及“三安全一稳定”"),
            ("refused_third_party_rights", "4.保护第三方合法权益"),
            ("refused_internal_affairs", "5.属于三类内部事务信息"),
            ("refused_process_information", "6.属于四类过程性信息"),
            ("refused_enforcement_files", "7.属于行政执法案卷"),
            ("refused_administrative_query", "8.属于行政查询事项"),
        ],
    ),
    (
        "（四）无法提供",
        [
            ("unavailable_not_held", "1.本机关不掌握相关政府信息"),
            ("unavailable_needs_creation", "2.没有现成信息需要另行制作"),
            ("unavailable_still_unclear", "3.补正后申请内容仍不明确"),
        ],
    ),
    (
        "（五）不予处理",
        [
            ("declined_petition", "1.信访举报投诉类申请"),
            ("declined_repeated", "2.重复申请"),
            ("declined_publication", "3.要求提供公开出版物"),
            ("declined_excessive", "4.无正当理由大量反复申请"),
            ("declined_reissue", "5.要求行政机关确认或重新出具已获取信息"),
        ],
    ),
]
CLOSED_2021 = (
    "（六）其他处理",
    [
        ("closed_not_corrected", "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请"),
        ("closed_fee_unpaid", "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请"),
        ("closed_other", "3.其他"),
    ],
)
CLOSED_2019 = ("（六）其他处理", [("closed", "")])
CHALLENGES = ["reconsideration", "litigation_direct", "litigation_after_reconsideration"]
RESULTS = ["upheld", "corrected", "other", "pending"]


def groups(form: str) -> list[tuple[str, list[tuple[str, str]]]]:
    return [*GROUPS, CLOSED_2021 if form == "ogi-2021" else CLOSED_2019]


def result_rows(form: str) -> list[str]:
    return [key for _, rows in groups(form) for key, _ in rows]


@dataclass
class Facts:
    """One report: `shown` is what each cell displays, `expected` the labels (code, about what) of its faults."""

    form: str
    organ: str
    year: int
    kind: str  # city, county, department, township
    shown: dict[str, str]
    expected: set[tuple[str, str]] = field(default_factory=set)
    neutral: set[str] = field(default_factory=set)  # cells on which opinions may differ
    absent: set[str] = field(default_factory=set)  # rows or tables that the document does not have
    told: dict[str, str] = field(default_factory=dict)  # the figures that the prose goes by

    def number(self, name: str) -> Decimal | None:
        try:
            return Decimal(self.shown[name].replace(",", ""))
        except (InvalidOperation, KeyError):
            return None

    def truth(self) -> dict[str, Decimal | None]:
        return {n: None if any(n.startswith(a + ".") for a in self.absent) else self.number(n) for n in self.shown}


def _spread(rng: Random, total: int) -> list[int]:
    """One total over six applicants, most of them people."""
    left, parts = total, []
    for share in (0.75, 0.6, 0.2, 0.2, 0.4):
        take = sum(rng.random() < share for _ in range(left)) if left < 2000 else int(left * share)
        parts.append(take)
        left -= take
    return [*parts, left]


def _requests(rng: Random, form: str, size: int) -> dict[str, str]:
    rows = result_rows(form)
    new, carried = (
        _spread(rng, rng.randint(0, size)),
        _spread(rng, rng.choice([0, 0, 1, rng.randint(0, max(1, size // 12))])),
    )
    grid: dict[str, list[int]] = {r: [0] * 6 for r in rows}
    grid["new"], grid["carried_in"], grid["carried_out"], grid["handled"] = new, carried, [0] * 6, [0] * 6
    weights = [10, 3, *[rng.choice([0, 0, 1, 2]) for _ in rows[2:]]]
    for i in range(6):
        for _ in range(new[i] + carried[i]):
            if rng.random() < 0.06:
                grid["carried_out"][i] += 1
            else:
                grid[rng.choices(rows, weights)[0]][i] += 1
                grid["handled"][i] += 1
    out = {}
    for row in ["new", "carried_in", *rows, "handled", "carried_out"]:
        for key, value in zip([*APPLICANTS, "total"], [*grid[row], sum(grid[row])], strict=True):
            out[f"requests.{row}.{key}"] = str(value)
    return out


def _challenges(rng: Random, size: int) -> dict[str, str]:
    out = {}
    for row in CHALLENGES:
        values = [rng.choice([0, 0, 0, rng.randint(0, max(1, size // 15))]) for _ in RESULTS]
        for key, value in zip([*RESULTS, "total"], [*values, sum(values)], strict=True):
            out[f"challenges.{row}.{key}"] = str(value)
    return out


def _proactive(rng: Random, form: str, kind: str, size: int) -> dict[str, str]:
    big = {"city": 2_000_000, "county": 200_000, "department": 4000, "township": 90}[kind]
    n = lambda top: str(rng.choice([0, rng.randint(0, top), rng.randint(0, top)]))  # noqa: E731
    p = "proactive_disclosure."
    rules = ["1", "0", "6"] if kind == "city" else ["0", "0", "0"]
    docs = [n(size // 3 + 2), n(size // 5 + 1), str(rng.randint(0, size + 30))]
    fee = rng.choice(["0", "0", "0.00", f"{rng.randint(1, big) / 97:.2f}", f"{rng.randint(1, 900)}.5"])
    if form == "ogi-2021":
        columns = ["issued", "repealed", "in_force"]
        out = {f"{p}regulations.{c}": v for c, v in zip(columns, rules, strict=True)}
        out |= {f"{p}normative_documents.{c}": v for c, v in zip(columns, docs, strict=True)}
        for row in ("licensing", "penalties", "compulsion"):
            out[f"{p}administrative_{row}.decisions"] = n(big)
        return out | {p + "administrative_fees.amount": fee}
    columns = ["newly_made", "newly_disclosed", "disclosed_total"]
    out = {f"{p}regulations.{c}": v for c, v in zip(columns, rules, strict=True)}
    out |= {f"{p}normative_documents.{c}": v for c, v in zip(columns, docs, strict=True)}
    for row in ("administrative_licensing", "other_services", "administrative_penalties", "administrative_compulsion"):
        out |= {
            f"{p}{row}.previous_items": n(400),
            f"{p}{row}.change": str(rng.randint(-9, 12)),
            f"{p}{row}.decisions": n(big),
        }
    out |= {p + "administrative_fees.previous_items": n(20), p + "administrative_fees.change": str(rng.randint(-2, 3))}
    return out | {p + "centralized_procurement.items": n(90), p + "centralized_procurement.amount": fee}


PLACES = [
    "临江",
    "青阳",
    "永和",
    "平远",
    "安泰",
    "东川",
    "云溪",
    "石门",
    "龙泉",
    "清河",
    "新宁",
    "武陵",
    "岚山",
    "曲水",
    "枣林",
]
OFFICES = [
    "教育局",
    "发展和改革委员会",
    "水务局",
    "市场监督管理局",
    "卫生健康委员会",
    "自然资源和规划局",
    "审计局",
    "综合行政执法局",
    "档案局",
]


def draw(rng: Random) -> Facts:
    """A sound report of some organ."""
    kind = rng.choice(["city", "county", "county", "department", "department", "department", "township"])
    size = {"city": 900, "county": 120, "department": 30, "township": 4}[kind] * rng.choice([1, 1, 1, 3])
    form = rng.choice(["ogi-2021", "ogi-2021", "ogi-2021", "ogi-2019"])
    year = rng.randint(2021, 2025) if form == "ogi-2021" else rng.randint(2019, 2020)
    place = rng.choice(PLACES) + rng.choice(["市"] if kind == "city" else ["市", "县", "区"])
    organ = {
        "city": place + "人民政府",
        "county": place[:2] + rng.choice("县区") + "人民政府",
        "department": place + rng.choice(OFFICES),
        "township": f"{place[:2]}县{rng.choice(PLACES)}{rng.choice(['镇', '乡'])}人民政府",
    }[kind]
    shown = _proactive(rng, form, kind, size) | _requests(rng, form, size) | _challenges(rng, size)
    return Facts(form, organ, year, kind, shown, told=dict(shown))


def violated(facts: Facts) -> set[tuple[str, str]]:
    """Every constraint of the form that the shown figures break; a constraint with a cell that shows no number is left alone."""
    truth, out = facts.truth(), set()

    def off(parts: list[str], wholes: list[str]) -> bool:
        a, b = [truth.get(n) for n in parts], [truth.get(n) for n in wholes]
        return None not in a and None not in b and sum(filter(None, a)) != sum(filter(None, b))

    rows = result_rows(facts.form)
    for row in ["new", "carried_in", *rows, "handled", "carried_out"]:
        if off([f"requests.{row}.{c}" for c in APPLICANTS], [f"requests.{row}.total"]):
            out.add(("sum.applicants", row))
    for c in [*APPLICANTS, "total"]:
        if off([f"requests.{r}.{c}" for r in rows], [f"requests.handled.{c}"]):
            out.add(("sum.handled", c))
        if off(
            [f"requests.{r}.{c}" for r in ("new", "carried_in")],
            [f"requests.{r}.{c}" for r in ("handled", "carried_out")],
        ):
            out.add(("sum.balance", c))
    for row in CHALLENGES:
        if off([f"challenges.{row}.{c}" for c in RESULTS], [f"challenges.{row}.total"]):
            out.add(("sum.challenges", row))
    return out
