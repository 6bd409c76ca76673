"""Pages as a scanner delivers them, drawn with real letters: a letter's first page, sheets, blanks."""

import io
import math
import random
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONTS = Path("/usr/share/fonts/truetype/liberation2")
DPI = 200
SIZE = (1654, 2339)  # A4
BODY = (
    "Thực hiện Quyết định số 12/2026/QĐ-UBND ngày 05 tháng 01 năm 2026 của Ủy ban nhân dân tỉnh,",
    "Sở Tài chính hướng dẫn các đơn vị lập dự toán kinh phí năm 2027 như sau:",
    "1. Các đơn vị rà soát nhiệm vụ chi thường xuyên, báo cáo trước ngày 20 tháng 11 năm 2026.",
    "2. Phòng Ngân sách tổng hợp, trình Giám đốc Sở xem xét, quyết định.",
    "Đề nghị các cơ quan, đơn vị nghiêm túc triển khai thực hiện./.",
)
FOOT = ("Nơi nhận:", "- Như trên;", "- UBND tỉnh (để báo cáo);", "- Lưu: VT, NS.")
SIGNED = 1200  # the middle of the signer's column
RED, BLUE = (205, 40, 45), (50, 60, 190)
Colour = int | tuple[int, int, int]


def font(size: float, bold: bool = False) -> ImageFont.FreeTypeFont:
    name = "LiberationSerif-Bold.ttf" if bold else "LiberationSerif-Regular.ttf"
    return ImageFont.truetype(str(FONTS / name), round(size * DPI / 72))


def blank() -> Image.Image:
    return Image.new("L", SIZE, 250)


def letter(
    number: str = "127",
    day: str = "05",
    month: str = "11",
    letters: str = "/STC-NS",
    body: Sequence[str] = BODY,
    foot: Sequence[str] = FOOT,
    signed: Sequence[str] = ("GIÁM ĐỐC", "", "", "Nguyễn Văn Thành"),
) -> Image.Image:
    """The first page of a letter with both columns of its header."""
    page = blank()
    draw = ImageDraw.Draw(page)
    left, right = 460, 1130
    for line, text, bold in ((0, "UBND TỈNH BÌNH LÂM", False), (1, "SỞ TÀI CHÍNH", True)):
        draw.text((left, 150 + 46 * line), text, 0, font(12, bold), anchor="mm")
    for line, text in enumerate(("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")):
        draw.text((right, 150 + 46 * line), text, 0, font(12, True), anchor="mm")
    draw.text((left, 285), f"Số: {number}{letters}", 0, font(13), anchor="mm")
    draw.text((right, 285), f"Bình Lâm, ngày {day} tháng {month} năm 2026", 0, font(13), anchor="mm")
    for line, text in enumerate(("V/v lập dự toán kinh phí", "sự nghiệp năm 2027")):
        draw.text((left, 340 + 42 * line), text, 0, font(12), anchor="mm")
    draw.text((700, 480), "Kính gửi: Các sở, ban, ngành tỉnh", 0, font(13), anchor="mm")
    for line, text in enumerate(body):
        draw.text((230, 560 + 52 * line), text, 0, font(11.5))
    below = foot_of(body)
    for line, text in enumerate(foot):
        draw.text((230, below + 40 * line), text, 0, font(11))
    for line, text in enumerate(signed):
        draw.text((SIGNED, below + 60 * line), text, 0, font(13, True), anchor="mm")
    return page


def foot_of(body: Sequence[str] = BODY) -> int:
    """Where the lower zone of such a letter begins."""
    return 720 + 52 * len(body)


def sealed(page: Image.Image, at: tuple[int, int], colour: Colour, radius: int = 150) -> None:
    """A round seal with two rings, words along them and a star, over whatever stands there."""
    draw = ImageDraw.Draw(page)
    for ring, width in ((radius, 7), (radius - 48, 4)):
        box = (at[0] - ring, at[1] - ring, at[0] + ring, at[1] + ring)
        draw.ellipse(box, outline=colour, width=width)
    points = [radius * 0.35 * (1 if corner % 2 else 0.45) for corner in range(10)]
    star = [
        (at[0] + reach * math.sin(corner * math.pi / 5), at[1] + reach * math.cos(corner * math.pi / 5))
        for corner, reach in enumerate(points)
    ]
    draw.polygon(star, fill=colour)
    words = "SỞ TÀI CHÍNH * TỈNH BÌNH LÂM * "
    for number, letter in enumerate(words):
        turn = 2 * math.pi * number / len(words)
        place = (at[0] + (radius - 26) * math.sin(turn), at[1] - (radius - 26) * math.cos(turn))
        draw.text(place, letter, colour, font(9), anchor="mm")


def framed(page: Image.Image, at: tuple[int, int], text: str, colour: Colour, turn: float = 3.0) -> None:
    """A rubber stamp: words in a double frame, a little askew."""
    size = (int(font(14, True).getlength(text)) + 70, 84)
    stamp = Image.new("L", size, 255)
    draw = ImageDraw.Draw(stamp)
    draw.rectangle((2, 2, size[0] - 3, size[1] - 3), outline=0, width=5)
    draw.rectangle((11, 11, size[0] - 12, size[1] - 12), outline=0, width=2)
    draw.text((size[0] / 2, size[1] / 2 - 2), text, 0, font(14, True), anchor="mm")
    ink = stamp.rotate(turn, Image.Resampling.BICUBIC, expand=True, fillcolor=255).point(
        lambda level: 255 - level
    )
    page.paste(colour, (at[0] - ink.width // 2, at[1] - ink.height // 2), ink)


def penned(page: Image.Image, at: tuple[int, int], colour: Colour) -> None:
    """A signature: a knot and a long stroke."""
    draw = ImageDraw.Draw(page)
    knot = [(at[0] + 60 * math.sin(3 * t / 9), at[1] + 45 * math.cos(5 * t / 9)) for t in range(60)]
    draw.line([*knot, (at[0] + 330, at[1] - 40)], fill=colour, width=6, joint="curve")


def scanned(page: Image.Image, skew: float = 0.0, noise: int = 300, seed: int = 1) -> Image.Image:
    """As paper through a scanner: turned a little, soft, with specks."""
    page = page.rotate(skew, Image.Resampling.BICUBIC, fillcolor=250) if skew else page.copy()
    page = page.filter(ImageFilter.GaussianBlur(0.7))
    dots, draw = random.Random(seed), ImageDraw.Draw(page)
    for _ in range(noise):
        draw.point((dots.randrange(page.width), dots.randrange(page.height)), dots.randrange(60, 160))
    return page


def patch_t(across: bool = True) -> Image.Image:
    """Kodak's patch T: narrow, wide, narrow, wide bars of 0.08 and 0.2 inch from the edge inward."""
    page = blank()
    draw, at = ImageDraw.Draw(page), 0.5
    for inches in (0.08, 0.2, 0.08, 0.2):
        first, last = round(at * DPI), round((at + inches) * DPI) - 1
        box = (200, first, 1400, last) if across else (first, 300, last, 1900)
        draw.rectangle(box, fill=10)
        at += inches + 0.08
    return page


def pdf(*pages: Image.Image) -> bytes:
    """Pages as a PDF of pictures, as scanners make it."""
    packed = io.BytesIO()
    pages[0].save(packed, "PDF", resolution=DPI, save_all=True, append_images=pages[1:])
    return packed.getvalue()


def tiff(*pages: Image.Image) -> bytes:
    packed = io.BytesIO()
    pages[0].save(packed, "TIFF", save_all=True, append_images=pages[1:], compression="tiff_lzw")
    return packed.getvalue()


def png(page: Image.Image) -> bytes:
    packed = io.BytesIO()
    page.save(packed, "PNG")
    return packed.getvalue()
