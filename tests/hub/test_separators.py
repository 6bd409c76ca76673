"""Separator sheets come out of the printer and go back through the scanner."""

import io
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from connectors.scans import marks
from connectors.scans.scanners import Scanners
from hub.cli.program import run
from hub.separators import sheets_pdf
from rules.records.batch import sheet_unit
from rules.values.reading import Page
from rules.values.scan import ScannedPage
from tests.connectors.scans import drawn
from tests.hub.stages import Stages


def printed(pdf: bytes) -> list[Image.Image]:
    """The pages as paper, at the scanner's resolution."""
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    try:
        return [page.render(scale=drawn.DPI / 72).to_pil().convert("L") for page in document]
    finally:
        document.close()


@pytest.mark.parametrize(("turn", "skew"), [(0, 0.0), (0, 2.0), (180, -1.5), (90, 0.5)])
def test_a_sheet_is_read_back_with_its_unit(stages: Stages, turn: int, skew: float) -> None:
    pages = printed(sheets_pdf(stages.hub, ["soyte", "sotaichinh"]))
    assert len(pages) == 2
    for page, unit in zip(pages, ("soyte", "sotaichinh"), strict=True):
        found = marks.find(drawn.scanned(page.rotate(turn, expand=True), skew), drawn.DPI)
        assert sheet_unit(ScannedPage(Page(1, ""), marks=found)) == unit
        assert {"patch-t", "qr"} <= {mark.kind for mark in found}


def test_a_sheet_without_a_unit_only_parts(stages: Stages) -> None:
    (page,) = printed(sheets_pdf(stages.hub, []))
    found = marks.find(page, drawn.DPI)
    assert {mark.kind for mark in found} == {"patch-t", "qr", "code128"}
    assert sheet_unit(ScannedPage(Page(1, ""), marks=found)) == ""


def test_a_batch_goes_where_its_sheet_says(stages: Stages) -> None:
    stages.hub.scanners = Scanners(1)
    if stages.hub.scanners.lacking or not drawn.FONTS.is_dir():
        pytest.skip(f"{stages.hub.scanners.lacking or 'fonts-liberation2'} is not installed")
    (sheet,) = printed(sheets_pdf(stages.hub, ["soyte"]))
    try:
        batch = drawn.tiff(sheet, drawn.scanned(drawn.letter("31")))
        stages.scan("sotuphap", "incoming", ("batch.tif", batch))
    finally:
        stages.hub.scanners.close()
    assert stages.numbers("soyte") == [(2026, 1)] and stages.numbers("sotuphap") == []


def test_the_command(stages: Stages, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, out = str(stages.hub.data), tmp_path / "to.pdf"
    assert run(["--data", data, "separators", "soyte", "--out", str(out)]) == 0
    assert out.read_bytes().startswith(b"%PDF")
    assert run(["--data", data, "separators", "soyt", "--out", str(out)]) == 2
    assert run(["--data", data, "separators", "--out", str(tmp_path / "none" / "to.pdf")]) == 1
    assert "there is no unit soyt" in capsys.readouterr().err
