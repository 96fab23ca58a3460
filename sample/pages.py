"""What a site shows at a moment: its paths and what stands there. Says nothing of connections, headers or outages."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sample.compose import Document, compose
from sample.form import load_form
from sample.model import Column, Province, Publication, Site, Suffix
from sample.systems import SYSTEMS, System
from sample.write_docx import write_docx
from sample.write_html import write_chart, write_html
from sample.write_pdf import write_pdf

HTML = "text/html"
MEDIA: Mapping[str, str] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
WRITERS: Mapping[Suffix, Callable[[Document], bytes]] = {"pdf": write_pdf, "docx": write_docx}


@dataclass(frozen=True, slots=True)
class Page:
    """`body(hits)` gives the bytes for the hits-th request to the site; only pages that count their visits use it."""

    media: str
    modified: datetime
    body: Callable[[int], bytes]
    filename: str = ""  # offered as a download under this name


@dataclass(frozen=True, slots=True)
class Item:
    """A row of a list."""

    title: str
    path: str
    published: datetime


@functools.lru_cache(maxsize=8)
def _environment(root: str) -> Environment:
    return Environment(loader=FileSystemLoader(root), autoescape=True, undefined=StrictUndefined)


class Desk:
    """Lays out one site's pages as of one moment. Make a new one when the clock moves."""

    def __init__(self, province: Province, site: Site, now: datetime) -> None:
        self.province, self.site, self.now = province, site, now
        self.system: System = SYSTEMS[site.system]
        self._templates = _environment(str(province.root / "templates"))
        self._paths: dict[str, Page] = {}
        self._lay_out()

    def page(self, path: str) -> Page | None:
        """The page at a path (query included); None is a 404."""
        return self._paths.get(path)

    def paths(self) -> dict[str, Page]:
        """Everything that is there, by path; two paths may lead to one page."""
        return dict(self._paths)

    def render(self, template: str, hits: int, **words: Any) -> bytes:
        """A template of the site's system, or one that all systems share, in the site's encoding."""
        html = self._templates.select_template([f"{self.system.key}/{template}", template]).render(
            site=self.site, columns=list(self.site.columns.values()), hits=hits, now=self.now, **words
        )
        return html.encode(self.site.encoding, errors="xmlcharrefreplace")

    def _visible(self, column: Column) -> list[Publication]:
        return [item for item in self.site.publications if column.key in item.columns and item.published <= self.now]

    def _article_path(self, publication: Publication) -> str:
        home = self.site.columns[publication.columns[0]]
        return self.system.article(home.path, publication.published, publication.number)

    def _html(self, template: str, modified: datetime, **words: Any) -> Page:
        return Page(HTML, modified, lambda hits: self.render(template, hits, **words))

    def _lay_out(self) -> None:
        for column in self.site.columns.values():
            self._lay_list(column)
        for publication in self.site.publications:
            if publication.published <= self.now:
                self._lay_article(publication)
        start = min((item.published for item in self.site.publications), default=self.now)
        newest = max((item.published for item in self.site.publications if item.published <= self.now), default=start)
        hub = self._html("hub.html", start)
        for path in ("/zwgk/", "/zwgk/index.html"):
            self._paths.setdefault(path, hub)
        for organ in self.site.organs:
            column = self.site.columns[organ.column]
            self._paths.setdefault(organ.home, self._html("home.html", newest, organ=organ, own=column))
        self._paths.setdefault("/", self._html("home.html", newest, organ=None, own=None))
        self._paths["/index.html"] = self._paths["/"]
        self._paths["/robots.txt"] = Page("text/plain", start, lambda hits: (self.site.robots + "\n").encode())
        self._paths["/counter.js"] = Page(
            "application/javascript",
            self.now,
            lambda hits: f"document.getElementById('hits').textContent='{hits}';".encode(),
        )

    def _lay_list(self, column: Column) -> None:
        items = [Item(item.title, self._article_path(item), item.published) for item in self._visible(column)]
        modified = max((item.published for item in items), default=self.now)
        size = max(len(items), 1) if self.system.single_page else column.per_page
        pages = max(1, -(-len(items) // size))
        links = [self.system.listing(column.path, number, pages) for number in range(1, pages + 1)]
        for number, path in enumerate(links, 1):
            rows = items[(number - 1) * size : number * size]
            self._paths[path] = self._html(
                "list.html", modified, column=column, items=rows, page=number, pages=pages, links=links
            )
        if column.path.endswith("/"):
            self._paths[f"{column.path}index.html"] = self._paths[column.path]
        if self.system.data:
            self._lay_data(column, items, modified)

    def _lay_data(self, column: Column, items: list[Item], modified: datetime) -> None:
        assert self.system.data is not None, "only called when the system has a data call"
        pages = max(1, -(-len(items) // column.per_page))
        for number in range(1, pages + 1):
            rows = items[(number - 1) * column.per_page : number * column.per_page]
            articles = [
                {"title": item.title, "url": item.path, "date": f"{item.published:%Y-%m-%d %H:%M:%S}"} for item in rows
            ]
            body = json.dumps({"total": len(items), "page": number, "articles": articles}, ensure_ascii=False).encode()
            page = Page("application/json", modified, lambda hits, body=body: body)  # type: ignore[misc]
            self._paths[self.system.data(column.path, number)] = page

    def _lay_article(self, publication: Publication) -> None:
        path = self._article_path(publication)
        changes = [change.at for change in publication.changes if change.at <= self.now]
        modified = max([publication.published, *changes])
        document = self._document(publication) if publication.report else None
        chart = ""
        if document and publication.report and publication.report.chart:
            chart = path.rsplit(".", 1)[0] + ".svg"
            self._paths[chart] = Page("image/svg+xml", modified, lambda hits: write_chart(document))
        attachments = []
        for suffix in publication.attachments:
            address = self.system.attachment(path, publication.published, publication.number, suffix)
            attachments.append((address, f"{publication.title}.{suffix}"))
            if document:
                self._lay_attachment(address, suffix, document, modified)
        self._paths[path] = self._html(
            "article.html",
            modified,
            column=self.site.columns[publication.columns[0]],
            publication=publication,
            content=Markup(write_html(document, chart)) if document and publication.inline else "",  # noqa: S704 escaped there
            paragraphs=publication.text.splitlines(),
            attachments=attachments,
        )

    def _document(self, publication: Publication) -> Document:
        assert publication.report is not None, "only called for a report"
        figures = self.province.figures[publication.report.figures]
        return compose(publication, figures, load_form(), self.now)

    def _lay_attachment(self, address: str, suffix: Suffix, document: Document, modified: datetime) -> None:
        written = functools.cache(lambda: WRITERS[suffix](document))
        self._paths[address] = Page(
            "application/octet-stream" if self.system.opaque else MEDIA[suffix],
            modified,
            lambda hits: written(),
            filename=f"{document.title}.{suffix}" if self.system.opaque else "",
        )
