"""Which registered organ a title names: by name, alias or usual short form, with or without its region in front.

A name counts only where nothing foreign stands around it: 达川区教育局 does not name the 教育局 of 通川区, and
通川区教育局 does not name the government of 通川区. Two organs that fit equally well are none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from portals.faults import FaultList
from portals.folding import fold
from portals.model import Organ
from portals.series import DATA
from portals.strictyaml import read_yaml

# 四川省|达州市|通川区|教育局. One character before 县 (忠县), two before the others: 城市管理局, 社区 hold no region.
_REGION = re.compile(
    r"[\u4e00-\u9fff]{2,10}?(?:自治区|自治州|自治县|自治旗|林区|特区|地区|新区|省|市(?!场)|州|盟|区|旗)|[\u4e00-\u9fff]{1,10}?县"
)
_LEVEL_WORDS = {
    "province": ("省", "自治区", "市"),
    "city": ("市", "州", "盟"),
    "county": ("县", "区", "市", "旗"),
    "township": (),
}
_LEVELS = {"province": 1, "city": 2, "county": 3, "township": 4}
_LEVEL_OF_SUFFIX = {"省": 1, "治区": 1, "市": 2, "州": 2, "盟": 2, "地区": 2, "县": 3, "区": 3, "旗": 3}
# What is left of a name without its region must say enough.
_TOO_PLAIN = {"人民政府", "政府", "办公室", "办公厅", "办事处", "管理委员会", "管委会", "委员会", "街道", "镇", "乡"}
_HAN = re.compile(r"[\u4e00-\u9fff]+$")
_BEFORE = re.compile(r".*(?:年度?|关于|公布|发布|印发|转发|公开|附件|报告|年报|转载|单位|机关|部门)")
_AFTER = re.compile(
    r"$|[^\u4e00-\u9fff]|[二][〇零○一二三四五六七八九]{3}年|关于|政府信息|信息公开|政务公开|政府网站|法治政府|部门信息|本级|本机关"
    r"|的|年|工作|依申请|主动公开|公布|发布"
)


@dataclass(frozen=True, slots=True)
class _Known:
    """An organ with the regions that may stand before its name, and the levels of which its region is known."""

    organ: Organ
    regions: frozenset[str]
    levels: frozenset[int]


class Names:
    """The names of some organs, made ready for many titles."""

    def __init__(self, organs: Sequence[Organ]) -> None:
        by_id = {organ.id: organ for organ in organs}
        self._whole: dict[str, list[_Known]] = defaultdict(list)  # with the own region in it, or never had one
        self._cores: dict[str, dict[str, list[Organ]]] = defaultdict(lambda: defaultdict(list))  # without; by level
        for organ in by_id.values():
            regions = dict(_regions_of(organ, by_id))
            known = _Known(organ, frozenset(regions), frozenset(regions.values()))
            for form, whole in _forms_of(organ).items():
                if whole:
                    self._whole[form].append(known)
                elif len(self._cores[form][organ.level]) < 2:  # two are as ambiguous as twenty thousand
                    self._cores[form][organ.level].append(organ)
        lengths: dict[str, set[int]] = defaultdict(set)
        for form in (*self._whole, *self._cores):
            lengths[form[0]].add(len(form))
        self._lengths = {start: sorted(some, reverse=True) for start, some in lengths.items()}
        self._asked = lru_cache(4096)(self._named)

    def named(self, title: str) -> Organ | None:
        """The one organ that the title names; None when it names none of these, or more than one."""
        return self._asked(fold(title))

    def _named(self, text: str) -> Organ | None:
        hits = list(self._hits(text))
        hits = [hit for hit in hits if not any(other.covers(hit) for other in hits)]
        organs = {organ.id: organ for hit in hits for organ in hit.organs}
        if len(organs) > 1:  # 2022年…年度报告-巴中市人民政府: what stands after the series is the site's name
            subject = text.find("信息公开")
            organs = {organ.id: organ for hit in hits if hit.start < subject for organ in hit.organs}
        return next(iter(organs.values())) if len(organs) == 1 else None

    def _hits(self, text: str) -> Iterator[_Hit]:
        for start in range(len(text)):
            for length in self._lengths.get(text[start], ()):
                form = text[start : start + length]
                if len(form) < length or not (form in self._whole or form in self._cores):
                    continue
                if not _AFTER.match(text, start + length):
                    continue
                organs = self._organs(form, _words_before(text[:start]))
                if organs:
                    yield _Hit(start, start + length, organs)

    def _organs(self, form: str, before: str) -> tuple[Organ, ...]:
        """The organs that the form names best, with `before` in front of it."""
        fits = [(_fit(known, before), known.organ) for known in self._whole.get(form, ())]
        for level, organs in self._cores.get(form, {}).items():
            if not before or before in _LEVEL_WORDS[level]:  # 区教育局; but 达州市教育局 is not that of 通川区
                fits.extend((2, organ) for organ in organs)
        best = max((fit for fit, _ in fits), default=0)
        return tuple(organ for fit, organ in fits if fit == best) if best else ()


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    organs: tuple[Organ, ...]

    def covers(self, other: _Hit) -> bool:
        """Whether the other lies within this one and is shorter."""
        return self.start <= other.start and other.end <= self.end and self.end - self.start > other.end - other.start


_SUBJECT = re.compile(r"(?:(?<!人民)政府)?信息公开|政务公开|政府网站|法治政府")
_YEARS = re.compile(r"20\d{2}年?度?|[二][〇零○一二三四五六七八九]{3}年度?")
_ORGAN_ENDS = re.compile(
    r"(?:局|厅|委|委员会|办|办公室|办公厅|政府|镇|乡|街道|街道办事处|办事处|中心|院|署|站|所|(?<!平)台|队|处|社|会|馆|集团|公司|学校|医院"
    r"|管委会|省|市|州|盟|县|区|旗)$"
)


@lru_cache(4096)
def organ_in(title: str) -> str | None:
    """The words of a title that look like an organ's name, registered or not; None when it names nobody.

    For titles in a column of one organ: 2023年政府信息公开工作年度报告 is its own, 水文站2023年… is somebody else's.
    """
    text = fold(title)
    subject = _SUBJECT.search(text)
    words = _YEARS.sub("|", text[: subject.start()] if subject else text)
    for part in reversed(re.split(r"[^\u4e00-\u9fff]+|关于|公布|发布|印发|转发|转载", words)):
        if len(part) > 1 and _ORGAN_ENDS.search(part):
            return part
    return None


def says_region(title: str, organ: Organ) -> bool:
    """Whether a title says of which region the organ is: 青溪市文化和旅游局, not 市文化和旅游局."""
    regions = {region for name in (organ.name, *organ.aliases) for region in _strip_regions(fold(name))[0]}
    return any(region in fold(title) for region in regions)


def is_plain(name: str) -> bool:
    """Whether a name says of no organ which it is: 人民政府, 县政府, 办公室."""
    return re.sub(r"^(?:本级|[省市县区旗州盟])(?=.)", "", fold(name)) in _TOO_PLAIN


def _words_before(text: str) -> str:
    """The characters that belong to the name that begins where `text` ends."""
    run = _HAN.search(text)
    return _BEFORE.sub("", run[0]) if run else ""


def _fit(known: _Known, before: str) -> int:
    """0: what stands before makes it another organ. 1: it may be this one. 2: this one's own region stands before."""
    left = before
    while left:
        token = next((region for region in known.regions if left.endswith(region)), None)
        if token is None:
            break
        left = left.removesuffix(token)
    if not left or left in _LEVEL_WORDS[known.organ.level]:  # 市|住建局
        return 2
    foreign = _split_regions(left)
    return 0 if foreign is None or any(_level(region) in known.levels for region in foreign) else 1


def _split_regions(text: str) -> list[str] | None:
    """四川省巴中市 as its regions; None when it is anything else."""
    found: list[str] = []
    while text:
        match = _REGION.match(text)
        if match is None:
            return None
        found.append(match[0])
        text = text[match.end() :]
    return found


def _level(region: str) -> int:
    return next((level for suffix, level in _LEVEL_OF_SUFFIX.items() if region.endswith(suffix)), 0)


def _regions_of(organ: Organ, by_id: dict[str, Organ]) -> Iterator[tuple[str, int]]:
    """The regions in its own names and in those of the governments above it, with their levels."""
    seen: set[str] = set()
    current: Organ | None = organ
    while current is not None and current.id not in seen:
        seen.add(current.id)
        for name in (current.name, *current.aliases):
            regions, core = _strip_regions(fold(name))
            if core == fold(name) and current is not organ:
                regions = [core.removesuffix("人民政府")]  # above a village: 清江镇
            for place, region in enumerate(reversed(regions)):
                # 万源市 is a city by its name and a county by its level
                yield region, min(_LEVELS[current.level], 3) if place == 0 else _level(region)
        current = by_id.get(current.parent) if current.parent else None


def _strip_regions(name: str) -> tuple[list[str], str]:
    """The regions that a name begins with, and what is left; 巴中市 itself is left whole."""
    regions: list[str] = []
    while (match := _REGION.match(name)) and match.end() < len(name):
        regions.append(match[0])
        name = name[match.end() :]
    return regions, name


def _forms_of(organ: Organ) -> dict[str, bool]:
    """Every way to call the organ, with whether it is whole. The bare name of a region names its government."""
    forms: dict[str, bool] = {}
    for name in (organ.name, *organ.aliases):
        regions, core = _strip_regions(fold(name))
        for short in _with_short_forms(organ, core):
            for dropped in range(max(len(regions), 1)):  # 达州市通川区教育局, 通川区教育局
                forms["".join(regions[dropped:]) + short] = True
            if regions and short not in _TOO_PLAIN and len(short) > 2:  # 教育局
                forms.setdefault(short, False)
    forms.pop("", None)
    return forms


def _with_short_forms(organ: Organ, core: str) -> Iterator[str]:
    yield core
    if organ.kind != "department" and core.endswith("人民政府"):
        bare = core.removesuffix("人民政府")
        yield bare + "政府"
        yield bare
    if not core.endswith(_shortened()):
        return
    for full, shorts in _short_names():
        for form in (full, *shorts):
            if core.endswith(form) and core != form + "街道":
                yield from (core.removesuffix(form) + other for other in (full, *shorts) if other != form)


@cache
def _shortened() -> tuple[str, ...]:
    return tuple(form for full, shorts in _short_names() for form in (full, *shorts))


@cache
def _short_names() -> tuple[tuple[str, tuple[str, ...]], ...]:
    faults = FaultList(str(DATA / "short_names.yaml"))
    top = read_yaml(DATA / "short_names.yaml", faults)
    names: list[tuple[str, tuple[str, ...]]] = []
    for entry in top.take_mappings("names") if top else []:
        names.append((entry.take_text("full"), entry.take_texts("short")))
        entry.close()
    if top:
        top.close()
    faults.raise_if_any()
    return tuple(names)
