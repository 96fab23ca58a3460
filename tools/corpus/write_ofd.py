"""Reports as OFD (GB/T 33190), drawn after a PDF: its characters and rulings as text and path objects."""

from __future__ import annotations

import io
import zipfile
from html import escape

import pypdfium2 as pdfium

from reports.sources.pdf import _Page
from reports.sources.ruling import Char

MM = 25.4 / 72
BODY = "<ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>"
ROOT = f'<?xml version="1.0"?><ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016">{BODY}</ofd:OFD>'


def write_ofd(data: bytes) -> bytes:
    """The same pages as the PDF `data` has."""
    source = pdfium.PdfDocument(data)
    pages = [_Page(source[at], at + 1) for at in range(len(source))]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("OFD.xml", ROOT)
        box = f"<ofd:PhysicalBox>0 0 {pages[0].width * MM:.2f} {pages[0].height * MM:.2f}</ofd:PhysicalBox>"
        names = "".join(f'<ofd:Page ID="{at}" BaseLoc="Pages/Page_{at}/Content.xml"/>' for at in range(len(pages)))
        body = f"<ofd:CommonData><ofd:PageArea>{box}</ofd:PageArea></ofd:CommonData><ofd:Pages>{names}</ofd:Pages>"
        package.writestr("Doc_0/Document.xml", wrap("Document", body))
        for at, page in enumerate(pages):
            layer = "".join([*map(text, page.chars), *(ruling(s.start, s.at, s.end, s.at) for s in page.horizontal)])
            layer += "".join(ruling(s.at, s.start, s.at, s.end) for s in page.vertical)
            package.writestr(f"Doc_0/Pages/Page_{at}/Content.xml", wrap("Page", f"<ofd:Layer>{layer}</ofd:Layer>"))
    return out.getvalue()


def wrap(name: str, body: str) -> str:
    return f'<?xml version="1.0"?><ofd:{name} xmlns:ofd="http://www.ofdspec.org/2016">{body}</ofd:{name}>'


def text(char: Char) -> str:
    left, top = char.left * MM, char.top * MM
    wide, high = (char.right - char.left) * MM, (char.bottom - char.top) * MM
    return (
        f'<ofd:TextObject Boundary="{left:.3f} {top:.3f} {wide:.3f} {high:.3f}" Font="1" Size="{high:.3f}">'
        f'<ofd:TextCode X="0" Y="{high * 0.85:.3f}">{escape(char.text)}</ofd:TextCode></ofd:TextObject>'
    )


def ruling(x0: float, y0: float, x1: float, y1: float) -> str:
    x, y, wide, high = x0 * MM, y0 * MM, (x1 - x0) * MM, (y1 - y0) * MM
    return (
        f'<ofd:PathObject Boundary="{x:.3f} {y:.3f} {max(wide, 0.2):.3f} {max(high, 0.2):.3f}">'
        f"<ofd:AbbreviatedData>M 0 0 L {wide:.3f} {high:.3f}</ofd:AbbreviatedData></ofd:PathObject>"
    )
