"""Scans and pictures: read exactly when they are clean, and never more than doubtful."""

from __future__ import annotations

import io
import sys

import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageDraw
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from reports import Unreadable, read_report
from reports.sources import ocr
from reports.sources.ocr import DPI
from reports.sources.pdf import read_pdf
from reports.sources.picture import _angle
from tools.corpus.make import SCANS, make
from tools.evaluate import evaluate, summary

SAMPLE = make(81, 2, "pdf")


def scanned(data: bytes, pages: int, layer: str = "", seen: bool = False) -> bytes:
    """The first pages of a PDF as pictures; `layer` is the text that somebody's OCR put under each of them."""
    source, out = pdfium.PdfDocument(data), io.BytesIO()
    target = canvas.Canvas(out)
    for at in range(min(pages, len(source))):
        wide, high = source[at].get_size()
        picture = source[at].render(scale=DPI / 72).to_pil()
        target.setPageSize((wide, high))
        target.drawImage(ImageReader(picture), 0, 0, wide, high)
        for number, line in enumerate(layer.splitlines()):
            words = target.beginText(72, high - 72 - 12 * number)
            words.setTextRenderMode(0 if seen else 3)
            words.textOut(line)
            target.drawText(words)
        target.showPage()
    target.save()
    return out.getvalue()


@pytest.fixture
def without_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    monkeypatch.setattr(ocr, "_engine", ocr._engine.__wrapped__)


def test_a_scanned_page_gives_its_figures_and_accuses_nobody() -> None:
    report = read_report(scanned(SAMPLE.data, 1), source="x")
    assert report.organ == SAMPLE.organ
    names = [name for name in SAMPLE.truth if name.startswith("proactive_disclosure.")]
    assert [report.cells[name].value for name in names] == [SAMPLE.truth[name] for name in names]
    assert {finding.severity for finding in report.findings} <= {"doubtful", "info"}


def test_a_table_that_a_page_shows_as_a_picture_is_read_in_its_place() -> None:
    """Only that one is looked at; what it says stays doubtful, and so does the report then."""
    sample = make(82, 1, "html_pictures")
    assert sample.data.count(b"data:image/png") >= 3
    page = _words_and_last_picture(sample.data)
    report = read_report(page, source="x")
    names = [name for name in sample.truth if name.startswith("challenges.")]
    assert [report.cells[name].value for name in names] == [sample.truth[name] for name in names]
    assert all((cell := report.cells[name]).place and cell.place.path and cell.place.box for name in names)
    assert {finding.severity for finding in report.findings} <= {"doubtful", "info"}


def _words_and_last_picture(page: bytes) -> bytes:
    parts = page.split(b"<p><img")
    rest = [part.partition(b"</p>")[2] for part in parts[1:-1]]
    return b"".join([parts[0], *rest, b"<p><img", parts[-1]])


@pytest.mark.usefixtures("without_engine")
def test_without_the_engine_a_scan_is_not_readable_here() -> None:
    with pytest.raises(Unreadable) as refused:
        read_report(scanned(SAMPLE.data, 1), source="x")
    assert refused.value.state == "not_readable_here"


@pytest.mark.usefixtures("without_engine")
def test_without_the_engine_a_table_in_a_picture_is_no_fault() -> None:
    sample = make(82, 1, "html_pictures")
    findings = read_report(sample.data, source="x").findings
    missing = [finding for finding in findings if finding.code == "table.missing"]
    assert {finding.severity for finding in missing} == {"doubtful"}


@pytest.mark.usefixtures("without_engine")
def test_the_text_under_a_scan_accuses_nobody() -> None:
    """It comes out of somebody's OCR, which reads 8 for 0: 双层PDF."""
    lines = "\n".join(f"line {number} of the hidden layer 1 2 3 4 5 6 7" for number in range(9))
    assert read_pdf(scanned(SAMPLE.data, 1, lines, seen=False)).fidelity == "ocr"
    assert read_pdf(scanned(SAMPLE.data, 1, lines, seen=True)).fidelity == "drawn"  # a picture behind the text


@pytest.mark.parametrize("degrees", [-2.0, -0.7, 0.0, 0.4, 1.3])
def test_a_page_is_set_straight(degrees: float) -> None:
    import numpy

    paper = Image.new("L", (1000, 1400), 255)
    for line in range(60, 1340, 40):
        ImageDraw.Draw(paper).line((100, line, 900, line), fill=0, width=6)
    askew = paper.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255)
    assert _angle(numpy.asarray(askew)) == pytest.approx(-degrees, abs=0.11)


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("format_", SCANS)
def test_scans_are_read_exactly(format_: str) -> None:
    scores = evaluate(83, 6, (format_,), show=6)
    assert summary(scores)[f"{format_} cells"] >= (0.98 if format_ == "scan_worn" else 0.99)
    assert scores[format_].accused == 0
