"""Scans: read when the extra `ocr` is installed, and never more than doubtful."""

from __future__ import annotations

import io

import pypdfium2 as pdfium
import pytest
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from reports import Unreadable, read_report
from reports.sources.ocr import DPI
from tools.corpus.make import make


def scanned(data: bytes, pages: int) -> bytes:
    """The first pages of a PDF as pictures."""
    source, out = pdfium.PdfDocument(data), io.BytesIO()
    target = canvas.Canvas(out)
    for at in range(min(pages, len(source))):
        wide, high = source[at].get_size()
        picture = source[at].render(scale=DPI / 72).to_pil()
        target.setPageSize((wide, high))
        target.drawImage(ImageReader(picture), 0, 0, wide, high)
        target.showPage()
    target.save()
    return out.getvalue()


SAMPLE = make(81, 2, "pdf")


def test_a_scanned_page_gives_its_figures_and_accuses_nobody() -> None:
    pytest.importorskip("rapidocr", reason="the extra `ocr` is not installed")
    report = read_report(scanned(SAMPLE.data, 1), source="x")
    assert report.organ == SAMPLE.organ
    names = [name for name in SAMPLE.truth if name.startswith("proactive_disclosure.")]
    assert [report.cells[name].value for name in names] == [SAMPLE.truth[name] for name in names]
    assert {finding.severity for finding in report.findings} <= {"doubtful", "info"}


def test_without_the_engine_a_scan_is_not_readable_here() -> None:
    try:
        import rapidocr  # noqa: F401
    except ImportError:
        with pytest.raises(Unreadable) as refused:
            read_report(scanned(SAMPLE.data, 1), source="x")
        assert refused.value.state == "not_readable_here"
    else:
        pytest.skip("the extra `ocr` is installed")
