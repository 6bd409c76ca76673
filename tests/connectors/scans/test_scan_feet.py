"""The lower zone of scans through the real children and the real OCR: recipients, title and name."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from connectors.readers import kind
from connectors.scans.ink import without_large
from connectors.scans.scanners import ScanFile, Scanners
from rules.identify.scanned import identify_scan
from rules.values.reading import Fields
from rules.vocabulary import Urgency
from tests.connectors.scans import drawn

Fielded = Callable[..., Fields]
DEPUTY = ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "", "Trần Hoàng Tuấn")


@pytest.fixture
def fields(scanners: Scanners, tmp_path: Path) -> Fielded:
    def identified(*pages: Image.Image) -> Fields:
        content = drawn.tiff(*pages)
        (tmp_path / "scan").write_bytes(content)
        file = ScanFile(tmp_path / "scan", kind.TIFF, len(pages), tmp_path)
        read = list(scanners.read(file, lambda page: False, lambda: None))
        return identify_scan([page.page for page in read])

    return identified


def named(fields: Fields) -> list[str]:
    return [entry.text for entry in fields.recipients if entry.kind != "archive"]


def signed(fields: Fields) -> tuple[str, str]:
    title, name = fields.signer_title, fields.signer
    return (title.value if title is not None else "", name.value if name is not None else "")


def coloured(signed: tuple[str, ...] = DEPUTY) -> Image.Image:
    """A letter as a colour scanner gives it, a red seal over the title's and the name's left half."""
    page = drawn.scanned(drawn.letter(signed=signed)).convert("RGB")
    below = drawn.foot_of()
    drawn.sealed(page, (drawn.SIGNED - 110, below + 90), drawn.RED)
    drawn.penned(page, (drawn.SIGNED + 40, below + 120), drawn.BLUE)
    return page


def test_a_red_seal_and_a_blue_pen_hide_neither_title_nor_name(fields: Fielded) -> None:
    found = fields(coloured())
    assert signed(found) == ("KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC", "Trần Hoàng Tuấn")
    assert named(found) == ["Như trên", "UBND tỉnh (để báo cáo)"]
    assert found.signer is not None and found.signer.confidence < 0.9  # a scan's name is never called sure


def test_a_red_stamp_above_is_read_as_before(fields: Fielded) -> None:
    page = coloured()
    ImageDraw.Draw(page).text((330, 420), "HỎA TỐC", drawn.RED, drawn.font(16, True), anchor="mm")
    found = fields(page)
    assert found.urgency is not None and found.urgency.value is Urgency.EXPRESS
    assert signed(found)[1] == "Trần Hoàng Tuấn"


def test_title_and_name_from_a_red_stamp_are_read_beside_the_pen(fields: Fielded) -> None:
    """A deputy's rubber stamp below the printed title of who is away; KT. is written by hand."""
    page = drawn.scanned(drawn.letter(signed=("GIÁM ĐỐC",))).convert("RGB")
    below, draw = drawn.foot_of(), ImageDraw.Draw(page)
    for line, text in ((1, "PHÓ GIÁM ĐỐC"), (4, "Hà Văn Phúc")):
        draw.text((drawn.SIGNED, below + 45 * line), text, drawn.RED, drawn.font(13, True), anchor="mm")
    drawn.penned(page, (drawn.SIGNED - 20, below + 130), drawn.BLUE)
    assert signed(fields(page)) == ("KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC", "Hà Văn Phúc")


def test_a_black_seal_beside_the_name_hides_it_not(fields: Fielded) -> None:
    page = drawn.letter(signed=("GIÁM ĐỐC", "", "", "", "Trần Hoàng Tuấn"))
    below = drawn.foot_of()
    drawn.sealed(page, (drawn.SIGNED - 120, below + 118), 0, radius=105)
    drawn.penned(page, (drawn.SIGNED + 20, below + 120), 0)
    assert signed(fields(drawn.scanned(page))) == ("GIÁM ĐỐC", "Trần Hoàng Tuấn")


def test_a_seal_goes_and_letters_stay() -> None:
    page = Image.new("L", (700, 500), 250)
    ImageDraw.Draw(page).text((450, 60), "Trần Hoàng", 0, drawn.font(13, True), anchor="mm")
    plain = page.copy()
    drawn.sealed(page, (180, 300), 0)
    clean = without_large(page, drawn.DPI)
    ring = (180 + 150 - 3, 300)
    assert page.getpixel(ring) == 0 and clean.getpixel(ring) == 255
    name = (300, 0, 700, 120)
    assert clean.crop(name).tobytes() == plain.crop(name).tobytes()


@pytest.mark.parametrize("bullet", ["~", "•", "¬", "“ -"])
def test_bullets_of_every_kind_begin_entries(fields: Fielded, bullet: str) -> None:
    foot = (
        "Nơi nhận:",
        f"{bullet} Như trên;",
        f"{bullet} Thường trực Tỉnh ủy (để b/c);",
        f"{bullet} Lưu: VT, NS.",
    )
    found = fields(drawn.scanned(drawn.letter(foot=foot)))
    assert named(found) == ["Như trên", "Thường trực Tỉnh ủy (để b/c)"]
    assert [entry.text for entry in found.recipients if entry.kind == "archive"] == ["Lưu: VT, NS"]


def test_what_follows_the_block_and_the_letter_is_not_its_own(fields: Fielded) -> None:
    """The next document of the file has a block and a signer, too."""
    first = drawn.letter(foot=(), signed=())
    second = drawn.letter("128", foot=("Nơi nhận:", "- Bộ Tài chính;", "- Lưu: VT."))
    found = fields(drawn.scanned(first), drawn.scanned(second))
    assert found.recipients == () and found.signer is None and found.signer_title is None


def test_a_list_of_receivers_on_the_next_page_stays_out(fields: Fielded) -> None:
    below = drawn.blank()
    draw = ImageDraw.Draw(below)
    draw.text((800, 200), "DANH SÁCH ĐƠN VỊ NHẬN", 0, drawn.font(13, True), anchor="mm")
    for line in range(8):
        draw.text((260, 300 + 50 * line), f"{line + 1}. Sở Y tế tỉnh Bình Lâm", 0, drawn.font(12))
    found = fields(drawn.scanned(drawn.letter()), drawn.scanned(below))
    assert named(found) == ["Như trên", "UBND tỉnh (để báo cáo)"]
    assert signed(found) == ("GIÁM ĐỐC", "Nguyễn Văn Thành")
