"""Whether a report speaks for one organ (本机关) or for a government with all below it. None when words do not tell."""

from __future__ import annotations

import re
from typing import Literal

Scope = Literal["own", "consolidated"]

_OWN_NAMES = re.compile(
    r"(?:局|厅|委员会|办公室|中心|委|办|院|馆|队|所|站|镇|乡|街道|街道办事处|镇人民政府|乡人民政府)(?:机关)?$"
)
_WIDE = re.compile(
    r"全(?:省|市|县|区|州|盟|旗)(?:各级|共|行政机关|政府信息|新收|收到|接收|受理|依申请|公开|办结)|各级行政机关"
)
_OWN = re.compile(
    r"(?:本机关(?!不掌握)|我局|本局|我厅|我委|我办|本办|我镇|我乡|本单位|我单位|县政府本级|区政府本级|市政府本级)"
)


def scope_of(organ: str | None, text: str) -> Scope | None:
    """By the organ's name first: departments, towns and offices report for themselves."""
    name = organ or ""
    if name and _OWN_NAMES.search(name):
        return "own"
    wide, own = len(_WIDE.findall(text)), len(_OWN.findall(text))
    if wide and not own:
        return "consolidated"
    return "own" if own and not wide else None
