"""Reads a province from its folder: province.yaml, one file a site, one file a report's figures. All faults at once.

Adding a portal is adding a file to sites/; nothing is registered anywhere, the file's stem is the site's key.
"""

from __future__ import annotations

import ipaddress
import re
import zlib
from collections.abc import Mapping
from datetime import date, datetime, time
from importlib import resources
from pathlib import Path
from typing import cast

from sample.check import check_province
from sample.compose import NAME, WRITTEN, known_names
from sample.errors import Fault, ProvinceFaults
from sample.figures import check_cells, read_figures
from sample.form import Form, load_form
from sample.load_organ import read_organ
from sample.model import (
    Change,
    Column,
    Event,
    EventKind,
    Figures,
    Province,
    Publication,
    ReportText,
    Site,
    Suffix,
)
from sample.nodes import NEVER, SHANGHAI, Entry, read_yaml
from sample.systems import SYSTEMS

SHAPES = ("html", "pdf", "docx", "html+pdf", "html+docx")
EVENTS = ("refuse", "503", "challenge")


def default_root() -> Path:
    """The folder of the province that ships with the application."""
    return Path(str(resources.files("sample") / "province"))


def load_province(path: Path | None = None) -> Province:
    """The province in a folder (the shipped one by default). Raises ProvinceFaults with every fault in every file."""
    root = path or default_root()
    faults: list[Fault] = []
    form = load_form()
    figures = {
        file.stem: read_figures(file.stem, read_yaml(file, f"figures/{file.name}", faults), form)
        for file in sorted((root / "figures").glob("*.yaml"))
    }
    top = read_yaml(root / "province.yaml", "province.yaml", faults)
    year, rounds = top.number("year"), _days(top, "rounds")
    name, control, port = top.text("name"), _address(top, "control"), top.number("port")
    top.done()
    sites = tuple(
        _site(file.stem, read_yaml(file, f"sites/{file.name}", faults), rounds, form, figures)
        for file in sorted((root / "sites").glob("*.yaml"))
    )
    province = Province(root, name, year, rounds, control, port, sites, figures)
    faults += check_province(province)
    if faults:
        raise ProvinceFaults(faults)
    return province


def _days(entry: Entry, key: str) -> tuple[date, ...]:
    days = []
    for text in entry.texts(key, required=True):
        try:
            days.append(date.fromisoformat(text))
        except ValueError:
            entry.wrong(key, f"{text!r} is not a date (2024-01-31)")
    return tuple(sorted(days))


def _address(entry: Entry, key: str) -> str:
    """Loopback only: a sample must never be reachable from another machine."""
    text = entry.text(key)
    try:
        if text and not ipaddress.IPv4Address(text).is_loopback:
            entry.wrong(key, f"{text} is not a loopback address (127.77.0.0/16)")
    except ValueError:
        entry.wrong(key, f"{text!r} is not an IPv4 address")
    return text


def _site(stem: str, top: Entry, rounds: tuple[date, ...], form: Form, figures: Mapping[str, Figures]) -> Site:
    columns = {column.key: column for column in map(_column, top.entries("columns"))}
    charset = top.entry("charset", required=False)
    furniture = top.entry("furniture", required=False)
    publications = [_publication(entry, form, figures) for entry in top.entries("publications")]
    for entry in top.entries("archive"):
        publications += _archive(entry)
    encoding = _encoding(top)
    site = Site(
        key=stem,
        name=top.text("name"),
        address=_address(top, "address"),
        system=top.choice("system", tuple(SYSTEMS)),
        encoding=encoding,
        header_charset=charset.text("header", "" if charset.nodes else encoding),
        meta_charset=charset.text("meta", "" if charset.nodes else encoding),
        counter="script" if top.choice("counter", ("page", "script"), "page") == "script" else "page",
        validators=top.texts("validators"),
        gzip=top.flag("gzip"),
        robots=top.text("robots", "User-agent: *\nDisallow: /search/"),
        furniture={key: furniture.text(key) for key in furniture.nodes},
        columns=columns,
        organs=tuple(read_organ(entry, rounds) for entry in top.entries("organs")),
        publications=tuple(sorted(publications, key=lambda item: (item.published, item.number), reverse=True)),
        events=tuple(_event(entry) for entry in top.entries("events")),
    )
    if site.validators and site.counter == "page":
        top.wrong("validators", "a page that counts its visits changes at every request; use counter: script")
    for entry in (charset, top):
        entry.done()
    return site


def _encoding(top: Entry) -> str:
    encoding = top.text("encoding", "utf-8")
    try:
        "年".encode(encoding)
    except (LookupError, UnicodeEncodeError):
        top.wrong("encoding", f"{encoding!r} cannot hold Chinese")
    return encoding


def _column(entry: Entry) -> Column:
    column = Column(
        key=entry.text("key"),
        path=entry.text("path"),
        title=entry.text("title"),
        per_page=entry.number("per_page", 15),
        empty=entry.text("empty", "暂无内容"),
    )
    entry.done()
    return column


def _event(entry: Entry) -> Event:
    kind = cast(EventKind, entry.choice("kind", EVENTS))
    event = Event(kind, entry.moment("from"), entry.moment("until"))
    if event.start >= event.end:
        entry.wrong("until", "is not after `from`")
    entry.done()
    return event


def _number(title: str) -> int:
    """The same number for the same title at every start; six digits."""
    return 100_000 + zlib.crc32(title.encode()) % 900_000


def _publication(entry: Entry, form: Form, figures: Mapping[str, Figures]) -> Publication:
    title, shape = entry.text("title"), entry.choice("shape", SHAPES, "html")
    report = _report(entry, form, figures) if entry.has("figures") else None
    formats = shape.split("+")
    publication = Publication(
        title=title,
        columns=entry.texts("columns", required=True),
        published=entry.moment("published"),
        number=entry.number("number", _number(title)),
        text=entry.text("text", "" if report and "html" in formats else None),
        organ=entry.optional("organ"),
        year=entry.number("year") if entry.has("year") else None,
        source=entry.text("source", ""),
        report=report,
        inline=report is not None and "html" in formats,
        attachments=tuple(cast(Suffix, item) for item in formats if item != "html") if report else (),
        changes=tuple(_change(change, form) for change in entry.entries("changes")),
    )
    entry.asked.add("year")
    entry.done()
    return publication


def _report(entry: Entry, form: Form, figures: Mapping[str, Figures]) -> ReportText:
    sections, headings = entry.entry("sections"), entry.entry("headings", required=False)
    key = entry.text("figures")
    if key and key not in figures:
        entry.wrong("figures", f"there is no figures/{key}.yaml")
    texts = {section: sections.text(section) for section in WRITTEN}
    text = ReportText(
        figures=key,
        look=entry.choice("look", ("plain", "word", "broken", "half"), "plain"),  # type: ignore[arg-type]
        intro=entry.text("intro"),
        sections=texts,
        headings={section: headings.text(section) for section in headings.nodes},
        signature=entry.text("signature", ""),
        auto_numbered=entry.texts("auto_numbered"),
        breaks=entry.texts("breaks"),
        chart=entry.flag("chart"),
    )
    for name in (match for part in (text.intro, *texts.values()) for match in NAME.findall(part)):
        if name not in known_names(form):
            entry.fault(f"{{{name}}}: neither a cell of the form nor a sum")
    for section in [*headings.nodes, *text.auto_numbered]:
        if section not in form.headings:
            entry.wrong("headings", f"{section}: the form has no such section")
    for row in text.breaks:
        if row not in {item.key for item in form.request_rows}:
            entry.wrong("breaks", f"{row}: the requests table has no such row")
    sections.done()
    return text


def _change(entry: Entry, form: Form) -> Change:
    cells = entry.entry("cells")
    values = {name: cells.text(name) for name in cells.nodes}
    check_cells(values, cells, form, entry.faults)
    change = Change(entry.moment("at"), values)
    entry.done()
    return change


def _archive(entry: Entry) -> list[Publication]:
    """One short article a year, as columns keep them for older reports; {year} stands for the report year."""
    title, text, day = entry.text("title"), entry.text("text"), entry.text("on")
    years = entry.texts("years", required=True)
    columns, source = entry.texts("columns", required=True), entry.text("source", "")
    entry.done()
    if len(years) != 2 or not all(re.fullmatch(r"\d{4}", year) for year in years):
        entry.wrong("years", "the first and the last report year are wanted")
        return []
    out = []
    for year in range(int(years[0]), int(years[1]) + 1):
        try:
            published = datetime.combine(date.fromisoformat(f"{year + 1}-{day}"), time(9, 30), SHANGHAI)
        except ValueError:
            entry.wrong("on", f"{day!r} is not a day of the year (03-28)")
            published = datetime.combine(NEVER, time(), SHANGHAI)
        name, body = title.replace("{year}", str(year)), text.replace("{year}", str(year))
        out.append(Publication(name, columns, published, _number(name), body, None, year, source, None, False, (), ()))
    return out
