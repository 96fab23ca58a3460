"""How organs spell the form's labels: brackets, line breaks and blanks inside words. The wording never changes."""

from __future__ import annotations

from sample.tables import GridCell

HALF = str.maketrans({"（": "(", "）": ")", "：": ":", "，": ","})
# Labels as narrow Word columns break them: 自/然/人 down a column, 规  章 spread to the width of its neighbours.
BROKEN = {
    "自然人": "自\n然\n人",
    "商业企业": "商业\n企业",
    "科研机构": "科研\n机构",
    "社会公益组织": "社会公\n益组织",
    "法律服务机构": "法律服\n务机构",
    "结果维持": "结果\n维持",
    "结果纠正": "结果\n纠正",
    "其他结果": "其他\n结果",
    "尚未审结": "尚未\n审结",
    "规章": "规\u00a0\u00a0章",
}


def spell(cell: GridCell, look: str) -> str:
    """The text of a cell in the organ's spelling, lines separated by newlines."""
    if cell.kind == "value":
        return cell.text
    if look in ("broken", "word"):
        return BROKEN.get(cell.text, cell.text)
    if look == "half":
        return cell.text.translate(HALF).replace(")", ") ", 1) if cell.text.startswith("（") else cell.text
    return cell.text
