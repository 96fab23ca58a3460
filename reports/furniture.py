"""Page furniture: counters, buttons, breadcrumbs, imprint. Tells a line of it from a line of a report."""

from __future__ import annotations

import re

from reports.fold import squeeze

_MAX = 90
_WORDS = re.compile(
    r"浏览(?:次数|量|人次|[:：])|阅读(?:次数|量|数|[:：])|点击(?:数|量|次数|率|[:：])|访问(?:量|次数|人数)|访客|人气[:：]|已被?浏览"
    r"|字体[:：]|字号|打印|关闭(?:窗口|本页|页面|】|\])|^关闭$|分享到?|扫一扫|上一[篇条]|下一[篇条]|责任编辑|责编[:：]|编辑[:：]|审核[:：]|收藏"
    r"|(?:发布|发文|成文|生成|更新|公开)(?:时间|日期)|(?:信息|文章|稿件)?来源[:：]|作者[:：]|索引号|信息分类|主题分类|文号[:：]|名称[:：]|有效性[:：]"
    r"|当前位置|所在(?:的)?位置|版权所有|主办(?:单位)?[:：]|承办(?:单位)?[:：]|维护[:：]|ICP备|公网安备|网站标识码|网站地图|联系我们|返回(?:顶部|首页)"
    r"|相关(?:链接|附件|文档|信息|新闻|文章|阅读|解读)|附件下载|^附件[:：]?|【.{0,12}(?:大|中|小).{0,6}】|无障碍|繁體|^首页|^次$|^\d+次?$"
    r"|您是第|在线访谈$|广告|推荐阅读|热门|用户登录|^[>»›]"
)


_PAGE_NUMBER = re.compile(r"[-—–·\s]*(?:第)?\d{1,3}(?:页)?(?:[/共]*\d{1,3}页?)?[-—–·\s]*")


def is_page_number(text: str) -> bool:
    """- 2 -, 第2页, 3/12: only asked of lines at the edge of a page, for a figure of a table looks like one."""
    return bool(_PAGE_NUMBER.fullmatch(squeeze(text)))


def is_furniture(text: str) -> bool:
    """A short line with a furniture word. Only asked of lines before section one and after section six."""
    flat = squeeze(text)
    return len(flat) <= _MAX and bool(_WORDS.search(flat)) and "。" not in flat[:-1]
