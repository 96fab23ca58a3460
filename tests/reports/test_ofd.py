"""OFD: a document drawn here after GB/T 33190, from the same report as a PDF."""

from __future__ import annotations

import io
import zipfile

import pytest

from reports import Unreadable, read_report
from reports.sources.ofd import _deltas, _segments
from tools.corpus.make import make
from tools.corpus.write_ofd import ROOT, write_ofd


@pytest.mark.parametrize("number", range(3))
def test_an_ofd_is_read_as_the_pdf_that_it_was_made_from(number: int) -> None:
    sample = make(90, number, "pdf")
    report = read_report(write_ofd(sample.data), source="x.ofd")
    assert {name: cell.value for name, cell in report.cells.items()} == sample.truth
    assert (report.organ, report.media) == (sample.organ, "application/ofd")
    assert all(cell.place and cell.place.box for cell in report.cells.values() if cell.value is not None)


def test_an_ofd_without_its_pages_is_broken() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("OFD.xml", ROOT)
    with pytest.raises(Unreadable) as refused:
        read_report(out.getvalue(), source="x")
    assert refused.value.state == "broken"


def test_steps_between_characters_may_be_counted() -> None:
    assert _deltas("1.5 g 3 4 2") == [1.5, 4, 4, 4, 2]
    assert list(_segments("M 0 0 L 5 0 L 5 5 C")) == [((0, 0), (5, 0)), ((5, 0), (5, 5)), ((5, 5), (0, 0))]
