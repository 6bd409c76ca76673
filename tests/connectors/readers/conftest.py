"""Real files for the readers' tests, and the corpora where they are."""

import io
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connectors.readers.limits import ReadLimits
from connectors.readers.pool import ReaderPool

_FONTS = Path("/usr/share/fonts/truetype")
_ROOT = Path(__file__).resolve().parents[3]
HEAD = ["ỦY BAN NHÂN DÂN", "TỈNH BÌNH PHƯỚC", "Số: 21/2005/CT-UBND", "Đồng Xoài, ngày 20 tháng 12 năm 2005"]


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of real inputs; tests are skipped where it is absent."""
    folder = Path(os.environ.get("VANTHU_CORPORA", _ROOT.parent / "shared" / "corpora"))
    if not folder.is_dir():
        pytest.skip(f"corpora are not at {folder}")
    return folder


@pytest.fixture(scope="session")
def vietnamese_font() -> Path:
    """A TrueType font with Vietnamese letters."""
    for name in ("liberation2/LiberationSerif-Regular.ttf", "dejavu/DejaVuSerif.ttf"):
        if (_FONTS / name).is_file():
            return _FONTS / name
    pytest.skip("neither fonts-liberation2 nor fonts-dejavu is installed")


@pytest.fixture(scope="session")
def make_pdf(vietnamese_font: Path) -> Callable[..., bytes]:
    """Bytes of a PDF: pages of lines, drawn from the top; or of nothing but a picture."""
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(TTFont("Test", str(vietnamese_font)))

    def make(pages: list[list[str]], picture: bytes | None = None, password: str | None = None) -> bytes:
        out = io.BytesIO()
        canvas = Canvas(out, pagesize=(595, 842), encrypt=password)
        for lines in pages:
            if picture:
                canvas.drawImage(ImageReader(io.BytesIO(picture)), 0, 0, 595, 842)
            canvas.setFont("Test", 13)
            for number, line in enumerate(lines):
                canvas.drawString(72, 770 - 18 * number, line)
            canvas.showPage()
        canvas.save()
        return out.getvalue()

    return make


@pytest.fixture(scope="session")
def letter_pdf(make_pdf: Callable[..., bytes]) -> bytes:
    """A letter of two pages with text."""
    body = [f"{i}. Thực hiện nghiêm túc các quy định của pháp luật về văn thư." for i in range(1, 20)]
    return make_pdf([[*HEAD, *body], body])


@pytest.fixture(scope="session")
def make_docx() -> Callable[..., bytes]:
    """Bytes of a .docx from the XML inside w:body, and further members."""

    def make(body: str, **members: str) -> bytes:
        names = "xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'"
        names += " xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'"
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("[Content_Types].xml", "<Types/>")
            archive.writestr("word/document.xml", f"<w:document {names}><w:body>{body}</w:body></w:document>")
            for name, text in members.items():
                archive.writestr(f"word/{name}.xml", text)
        return out.getvalue()

    return make


@pytest.fixture(scope="session")
def limits() -> ReadLimits:
    return ReadLimits()


@pytest.fixture(scope="session")
def pool() -> Iterator[ReaderPool]:
    """Two warm children for all tests that only read."""
    pool = ReaderPool(2, ReadLimits(seconds=60))
    yield pool
    pool.close()
