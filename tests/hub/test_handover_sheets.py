"""The hand-over sheet as a person gets it: one page each, letters embedded, a code that a phone reads."""

import pypdfium2
import pytest
import zxingcpp

from connectors.writers.sheet_pdf import pdf_of
from hub.mailboxes.handover import sheets_pdf
from tests.hub.stages import Stages

NAME, PASSWORD = "Trần Thị Thúy Hằng", "abcde-fghjk-mnpqr-stuvw"


def made(number: int) -> dict[str, str]:
    address = f"hangttt{number}@binhlam.example"
    return {"address": address, "person": NAME, "unit": "sonoivu", "first_password": PASSWORD}


def test_a_sheet_says_everything_and_its_code_leads_to_the_settings(stages: Stages) -> None:
    pdf = pypdfium2.PdfDocument(sheets_pdf(stages.hub, [made(1), made(2)]))
    try:
        texts = [page.get_textpage().get_text_bounded() for page in pdf]
        assert len(texts) == 2
        for text in (NAME, "hangttt1@binhlam.example", PASSWORD, "Công văn đến", "Sở Nội vụ"):
            assert text in texts[0]
        (code,) = zxingcpp.read_barcodes(pdf[0].render(scale=2).to_pil())
        assert code.text.endswith("/mail/setup?address=hangttt1@binhlam.example")
    finally:
        pdf.close()


def test_a_sheet_fetches_nothing(caplog: pytest.LogCaptureFixture) -> None:
    pdf_of("<link rel=stylesheet href='file:///etc/passwd'><p>x")
    assert "a sheet fetches nothing: file:///etc/passwd" in caplog.text
