"""Reports as pictures: the pages of a PDF, clean or worn; tables cut out of them, within a page or a letter."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from html import escape
from io import BytesIO
from random import Random

import docx
import pypdfium2 as pdfium
from docx.shared import Mm
from PIL import Image, ImageChops, ImageFilter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from tools.corpus.layout import Block
from tools.corpus.write_pdf import write_pdf

DPI = 200


def rendered(pdf: bytes) -> list[Image.Image]:
    source = pdfium.PdfDocument(pdf)
    try:
        return [page.render(scale=DPI / 72).to_pil().convert("RGB") for page in source]
    finally:
        source.close()


def worn(rng: Random, picture: Image.Image) -> Image.Image:
    """A little askew, blurred, grey and grainy, as an office's copier leaves it."""
    paper = rng.randint(225, 250)
    picture = picture.rotate(rng.uniform(-1.5, 1.5), Image.Resampling.BICUBIC, fillcolor=(255, 255, 255))
    picture = picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 0.9)))
    picture = ImageChops.darker(picture, Image.new("RGB", picture.size, (paper, paper, paper - rng.randint(0, 12))))
    grain = Image.effect_noise(picture.size, rng.uniform(8, 24)).convert("RGB")
    return Image.blend(picture, grain, 0.12)


def jpeg(picture: Image.Image, quality: int) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def scan_pdf(rng: Random, pdf: bytes, wear: bool) -> bytes:
    """Every page of `pdf` as one JPEG, in a PDF of its own."""
    out = BytesIO()
    target = canvas.Canvas(out)
    for picture in rendered(pdf):
        page = worn(rng, picture) if wear else picture
        wide, high = (pixels * 72 / DPI for pixels in page.size)
        target.setPageSize((wide, high))
        packed = jpeg(page, rng.randint(50, 75) if wear else 92)
        target.drawImage(ImageReader(BytesIO(packed)), 0, 0, wide, high)
        target.showPage()
    target.save()
    return out.getvalue()


def tables_as_pictures(rng: Random, blocks: Iterable[Block]) -> list[Block | bytes]:
    """The same blocks, each table as PNGs cut out of a printed page."""
    out: list[Block | bytes] = []
    for block in blocks:
        if block.grid is None:
            out.append(block)
            continue
        for page in rendered(write_pdf(rng, [block], numbered=False)):
            paper = Image.new("RGB", page.size, (255, 255, 255))
            box = ImageChops.difference(page, paper).getbbox()
            if box is not None:
                left, top, right, bottom = box
                packed = BytesIO()
                page.crop((left - 8, top - 8, right + 8, bottom + 8)).save(packed, "PNG")
                out.append(packed.getvalue())
    return out


def html_pictures(rng: Random, blocks: Iterable[Block], title: str) -> bytes:
    body = "".join(
        f'<p><img src="data:image/png;base64,{b64encode(part).decode()}"></p>'
        if isinstance(part, bytes)
        else f"<p>{escape(part.text)}</p>"
        for part in tables_as_pictures(rng, blocks)
    )
    return f"<html><head><meta charset='utf-8'><title>{escape(title)}</title></head><body>{body}</body></html>".encode()


def docx_pictures(rng: Random, blocks: Iterable[Block]) -> bytes:
    word = docx.Document()
    for part in tables_as_pictures(rng, blocks):
        if isinstance(part, bytes):
            word.add_picture(BytesIO(part), width=Mm(150))
        else:
            word.add_paragraph().add_run(part.text)
    out = BytesIO()
    word.save(out)
    return out.getvalue()
