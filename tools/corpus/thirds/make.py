"""One document of the third family by number, labelled like every document of the corpus."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from random import Random

from tools.corpus.draw import Sample
from tools.corpus.thirds import office, pages, prints, texts
from tools.corpus.thirds.facts import Facts
from tools.corpus.thirds.faults import draw_document
from tools.corpus.thirds.words import Document

QUICK = (
    "third_html", "third_faked", "third_docx", "third_xlsx", "third_pdf", "third_pdf_open",
    "third_stripped", "third_piped", "third_tabbed", "third_aligned", "third_rows", "third_plumber",
)  # fmt: skip
# these need Chromium, LibreOffice, poppler's pdftotext, pypdf, or (scans) patience
TOOLED = (
    "third_browser",
    "third_inner",
    "third_printed",
    "third_doc",
    "third_rtf",
    "third_weboffice",
    "third_pypdf",
    "third_layout",
    "third_raw",
    "third_scan",
)
THIRDS = (*QUICK, *TOOLED)
_SHOW_BLANKS = {
    "html",
    "docx",
    "xlsx",
    "pdf",
    "piped",
    "tabbed",
    "rows",
    "browser",
    "printed",
    "doc",
    "rtf",
    "weboffice",
    "scan",
}


def make_third(seed: int, number: int, format_: str) -> Sample:
    kind = format_.removeprefix("third_")
    rng = Random(f"third {seed}/{number}/{format_}")
    facts, document = draw_document(rng)
    while kind not in _SHOW_BLANKS and any(code == "cell.blank" for code, _ in facts.expected):
        facts, document = draw_document(rng)
    data = _write(kind, facts, document, rng)
    truth = {**facts.truth(), **{n: _leading(facts.shown[n]) for n in facts.neutral}}
    names = sorted(f"{code} {what}".strip() for code, what in facts.expected)
    return Sample(
        number,
        format_,
        data,
        truth,
        facts.expected,
        names,
        _organ(document.title),
        facts.year,
        {},
        neutral=frozenset(facts.neutral),
    )


def _leading(text: str) -> Decimal | None:
    found = re.match(r"-?[\d.]+", text)
    return Decimal(found[0]) if found else None


def _organ(title: str) -> str:
    return re.sub(r"\s*(关于)?\s*20\d\d\s*年度?政府信息公开工作的?年度报告|^20\d\d年", "", title).removesuffix(
        "政府信息公开工作年度报告"
    )


def _write(kind: str, facts: Facts, document: Document, rng: Random) -> bytes:
    match kind:
        case "html" | "faked":
            return pages.encoded(pages.page(facts, document, rng, kind == "faked"), rng)
        case "docx":
            return office.to_docx(facts, document, rng)
        case "doc" | "rtf":
            word = office.converted(office.to_docx(facts, document, rng, plain=True), "docx", kind)
            return office.converted(word, kind, "docx")  # as `nianbao` reads it
        case "weboffice":
            return office.converted(office.to_docx(facts, document, rng, plain=True), "docx", "html")
        case "printed":
            return office.converted(office.to_docx(facts, document, rng, plain=True), "docx", "pdf")
        case "xlsx":
            return office.to_xlsx(facts, document, rng)
        case "pdf" | "pdf_open":
            return prints.to_pdf(facts, document, rng, kind == "pdf_open")
        case "stripped":
            return texts.stripped(pages.bare(pages.page(facts, document, rng, whole=True)), rng).encode()
        case "piped":
            return texts.piped(document, rng).encode()
        case "tabbed":
            return texts.tabbed(document, rng).encode()
        case "aligned":
            return texts.aligned(document, rng).encode()
        case "browser" | "inner":
            page = pages.bare(pages.page(facts, document, rng, sane=kind == "browser")).replace(
                "</head>", prints.browser_css(rng) + "</head>"
            )
            return _browsed(page, kind == "browser")
        case "scan":
            return _scanned(prints.to_pdf(facts, document, rng, False))
        case how:
            how = {"rows": "plumber_rows"}.get(how, how)
            return texts.printed(prints.to_pdf(facts, document, rng, rng.random() < 0.3, marked=False), how).encode()


def _browsed(page: str, as_pdf: bool) -> bytes:
    from tools.corpus.write_pdf import print_html

    if as_pdf:
        return print_html(page.encode())
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=_chromium())
        tab = browser.new_page()
        tab.set_content(page)
        text: str = tab.inner_text("body")
        browser.close()
    return text.encode()


def _chromium() -> str | None:
    import shutil

    return shutil.which("chromium-headless-shell") or shutil.which("chromium")


def _scanned(pdf: bytes) -> bytes:
    """Pages of pictures, a little grey and a little turned."""
    import pypdfium2

    sheets = [
        page.render(scale=200 / 72).to_pil().convert("L").rotate(0.3, fillcolor=255)
        for page in pypdfium2.PdfDocument(pdf)
    ]
    out = io.BytesIO()
    sheets[0].save(out, "PDF", save_all=True, append_images=sheets[1:], resolution=200)
    return out.getvalue()
