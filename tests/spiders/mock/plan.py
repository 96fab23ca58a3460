"""A province that nobody wrote by hand: sites, organs and what they published, drawn from a seed. Serves nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

FAMILIES = (
    "trs", "trs-count", "hanweb", "hanweb-xhr", "jpaas", "ucap", "vsb", "gkmlpt", "plain", "iframe", "more-button",
    "script-pager", "select-pager", "xhr-json",
)  # fmt: skip
ARRANGEMENTS = ("own", "own", "gathered", "gathered", "by-organ", "by-year")
OUTAGES = ("refuse", "503", "521", "412", "captcha", "tiny", "firewall", "maintenance", "robots", "timeout-page")
CAUSES = {
    "refuse": {"unreachable"},
    "503": {"server_error"},
    "521": {"blocked"},
    "412": {"blocked"},
    "captcha": {"blocked"},
    "tiny": {"blocked"},
    "firewall": {"blocked"},
    "maintenance": {"server_error"},
    "robots": {"robots"},
    "timeout-page": {"server_error"},
}
MENUS = ("direct", "hub", "hub-hub", "sitemap", "scripted", "stub", "frame")
TITLES = ("full", "short", "bare", "cut", "generic", "no-year", "numerals", "row", "brackets", "notice")
ARTICLES = ("inline", "inline", "pdf", "docx-script", "viewer", "framed", "text-html-pdf", "two-parts")
ENCODINGS = (("utf-8", "utf-8"), ("gb18030", "gb2312"), ("gb18030", ""), ("utf-8", ""), ("gb18030", "ISO-8859-1"))
_PLACES = "槐柏桐枫杉桂榆椿榕楠松竹梅兰荷菊葵芦苇蒲"
_WATERS = "溪江河湖泉塘湾洲浦港潭川泽岭坪坝峰原冈谷"
DEPARTMENTS = (
    "教育局",
    "财政局",
    "民政局",
    "交通运输局",
    "卫生健康局",
    "农业农村局",
    "水利局",
    "司法局",
    "审计局",
    "统计局",
)


@dataclass(frozen=True)
class Kinds:
    """What a province is drawn from."""

    families: tuple[str, ...] = FAMILIES
    arrangements: tuple[str, ...] = ARRANGEMENTS
    menus: tuple[str, ...] = MENUS
    outages: tuple[str, ...] = OUTAGES
    titles: tuple[str, ...] = TITLES
    articles: tuple[str, ...] = ARTICLES
    moved: tuple[str, ...] = ("404", "home", "301")


@dataclass
class Report:
    """One organ's report of one year, as it stands on a list."""

    organ: Organ
    year: int
    day: date
    title: str
    article: str
    number: int


@dataclass
class Organ:
    id: str
    name: str
    aliases: tuple[str, ...]
    kind: str
    folder: str  # of its own pages on the site
    register: str  # "column", "home" or "both": what the register names
    publishes: bool
    variant: str  # of the title
    article: str
    parent: str = ""
    exists_before: bool = True  # it published in earlier years too

    @property
    def level(self) -> str:
        return "township" if self.kind == "township" else "county"


@dataclass
class Site:
    key: str
    place: str
    address: str
    family: str
    arrangement: str
    menu: str
    encoding: str
    charset: str
    outage: str | None  # in the second round
    redesigned: bool  # between the rounds
    moved: str  # what the old addresses answer after a redesign: "404", "home", "301"
    stranger: bool  # an unregistered organ's report stands in each organ's own column: a person must look
    organs: list[Organ] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)


def draw(seed: int, sites: int = 24, organs: int = 120, kinds: Kinds = Kinds()) -> list[Site]:
    """The province of a seed: each family at least once when there are sites enough."""
    random = Random(seed)
    families = [kinds.families[(n + seed) % len(kinds.families)] for n in range(sites)]
    places = random.sample([a + b for a in _PLACES for b in _WATERS], sites)
    drawn = []
    for n, (family, place) in enumerate(zip(families, places, strict=True)):
        encoding, charset = random.choice(ENCODINGS)
        site = Site(
            key=f"s{n}",
            place=place,
            address=f"127.88.{seed % 250}.{n + 1}",
            family=family,
            arrangement=random.choice(kinds.arrangements),
            menu=random.choice(kinds.menus),
            encoding=encoding,
            charset=charset,
            outage=random.choice(kinds.outages) if n % 5 == 4 else None,
            redesigned=n % 6 == 2,
            moved=random.choice(kinds.moved),
            stranger=n % 7 == 3,
        )
        _people(site, random, organs // sites, kinds)
        drawn.append(site)
    return drawn


def _people(site: Site, random: Random, count: int, kinds: Kinds) -> None:
    """The site's organs, and everything that they ever published."""
    place = site.place + "县"
    names = [(f"{place}人民政府", (place,), "government", "/")]
    names += [
        (f"{place}{name}", (f"县{name}",), "department", f"/{name_key(name)}/")
        for name in random.sample(DEPARTMENTS, 10)
    ]
    names.insert(2, (f"{place}{random.choice(_PLACES)}{random.choice(_WATERS)}镇人民政府", (), "township", "/town/"))
    for n, (name, aliases, kind, folder) in enumerate(names[:count]):
        variant = random.choice(kinds.titles)
        if site.arrangement in ("gathered",) and variant in ("bare", "generic", "no-year"):
            variant = "full"
        organ = Organ(
            id=f"{site.key}-{n}",
            name=name,
            aliases=aliases,
            kind=kind,
            folder=folder,
            register=random.choice(("column", "home", "home", "both")),
            publishes=random.random() < 0.72,
            variant=variant,
            article=random.choice(kinds.articles),
            parent=f"{site.key}-0" if n else "",
            exists_before=random.random() < 0.85,
        )
        site.organs.append(organ)
        years = list(range(2019, 2023)) if organ.exists_before else []
        for year in [*years, *([2023] if organ.publishes else [])]:
            day = date(year + 1, 1, 5) + timedelta(days=random.randrange(22))
            number = 1000 + len(site.reports) + random.randrange(5) * 100
            variant = organ.variant if year == 2023 else random.choice(("full", "short"))
            article = organ.article if year == 2023 else "inline"
            site.reports.append(Report(organ, year, day, title_of(organ, year, variant), article, number))


def name_key(name: str) -> str:
    return f"d{DEPARTMENTS.index(name)}"


def title_of(organ: Organ, year: int, variant: str) -> str:
    """How the list calls a report."""
    name = organ.name
    digits = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(year))
    return {
        "full": f"{name}{year}年政府信息公开工作年度报告",
        "short": f"{name.removesuffix('人民政府')}{year}年政府信息公开年报",
        "bare": f"{year}年政府信息公开工作年度报告",
        "cut": f"{name}{year}年政府信息公开工作年度报告"[: len(name) + 8] + "…",
        "generic": f"{year}年度报告",
        "no-year": "政府信息公开工作年度报告",
        "numerals": f"{name}{digits}年度政府信息公开工作报告",
        "row": f"{name}{year}年政府信息公开工作年度报告",
        "brackets": f"【{name}】{year}年度政府信息公开工作年度报告（全文）",
        "order": f"{year}年{name}政府信息公开工作年度报告",
        "alias": f"{(*organ.aliases, name)[0]}{year}年政府信息公开年报",
        "spaced": f"{name} {year} 年 政府信息公开 工作 年度报告",
        "notice": f"关于公布《{name}{year}年政府信息公开工作年度报告》的通知",
    }[variant]


def whole_title(report: Report) -> str:
    """How the article calls itself."""
    return f"{report.organ.name}{report.year}年政府信息公开工作年度报告"
