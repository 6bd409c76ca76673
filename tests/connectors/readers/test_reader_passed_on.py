"""Mails that pass other mails on: whole or as files, five deep, the letter in the innermost one's text."""

import io
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from connectors.readers.limits import ReadLimits
from connectors.readers.logo import is_logo
from connectors.readers.mime import read
from connectors.readers.pool import ReaderPool
from rules.values.reading import ParcelReading

LETTER = "SỞ NỘI VỤ\nSố: 21/SNV-VP\nBình Lâm, ngày 20 tháng 11 năm 2026\nVề việc văn thư\n"


def mail(subject: str, text: str, **headers: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@x.example", "b@y.example", subject
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def passed_on(inner: EmailMessage, how: str, **headers: str) -> EmailMessage:
    outer = mail("Chuyển tiếp: văn bản", "Kính chuyển phòng xử lý.", **headers)
    if how == "whole":
        outer.add_attachment(inner)
    else:
        content = inner.as_bytes(policy=SMTP)
        outer.add_attachment(content, "application", "octet-stream", filename="thu.eml")
    return outer


def photograph(width: int, height: int, quality: int = 10) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((width, height), 30).save(out, "JPEG", quality=quality)
    return out.getvalue()


def read_by(pool: ReaderPool, folder: Path, message: EmailMessage) -> ParcelReading:
    path, job = folder / "given", folder / "job"
    path.write_bytes(message.as_bytes(policy=SMTP))
    job.mkdir()
    return pool.read(path, "a", "mail", job)


@pytest.mark.parametrize("how", ["whole", "as a file"])
def test_a_letter_five_mails_deep_is_found(pool: ReaderPool, tmp_path: Path, how: str) -> None:
    message = mail("Gốc", "Xem tệp")
    message.add_attachment(LETTER.encode(), "application", "octet-stream", filename="Công văn.txt")
    for _time in range(5):
        message = passed_on(message, how)
    files = read_by(pool, tmp_path, message).files
    assert [file.name for file in files if file.fields.symbol is not None] == ["Công văn.txt"]
    assert len(files) == 6


@pytest.mark.parametrize("logo", [False, True])
@pytest.mark.parametrize("how", ["whole", "as a file"])
def test_a_letter_in_the_text_of_the_innermost_mail_is_found(
    pool: ReaderPool, tmp_path: Path, how: str, logo: bool
) -> None:
    inner = mail("Công văn", LETTER)
    if logo:
        inner.add_alternative("<p>x<img src='cid:l@x'></p>", subtype="html")
        picture = photograph(200, 80)
        inner.add_attachment(picture, "image", "jpeg", filename="image001.jpg", cid="<l@x>")
    reading = read_by(pool, tmp_path, passed_on(passed_on(inner, how), how))
    assert [file.name for file in reading.files if file.fields.symbol is not None] == ["Công văn.txt"]


def test_who_answers_a_mail_and_attaches_it_says_something_of_his_own(
    pool: ReaderPool, tmp_path: Path
) -> None:
    outer = passed_on(mail("Công văn", LETTER), "whole", In_Reply_To="<1@x>")
    outer.replace_header("Subject", "Trả lời: Công văn")
    files = read_by(pool, tmp_path, outer).files
    assert [file.reading.text.strip() for file in files[1:]] == ["Kính chuyển phòng xử lý."]


@pytest.mark.parametrize(
    ("size", "inline"),
    [((160, 60), True), ((1200, 300), True), ((400, 400), True), ((900, 1200), False), ((1000, 750), False)],
)
@pytest.mark.parametrize("disposition", ["inline", "attachment"])
def test_a_small_photograph_of_a_page_is_no_logo(
    size: tuple[int, int], inline: bool, disposition: Any
) -> None:
    """Chat programs make photographs small; telephones put them in the text."""
    message = mail("Ảnh chụp", "Gửi chị")
    message.add_alternative("<p>Gửi chị<img src='cid:1@x'></p>", subtype="html")
    picture = photograph(*size)
    message.add_attachment(
        picture, "image", "jpeg", filename="IMG_2024.jpg", cid="<1@x>", disposition=disposition
    )
    (file,) = read(message.as_bytes(policy=SMTP), ReadLimits()).files
    assert file.inline is inline


def test_a_banner_of_any_weight_is_a_logo_and_a_long_scan_is_none() -> None:
    banner, scan = photograph(1400, 350, 100), photograph(1000, 3000, 5)
    assert len(banner) > 150_000 and is_logo(banner) and not is_logo(scan)


def test_several_letters_passed_on_in_one_mail_are_all_found(pool: ReaderPool, tmp_path: Path) -> None:
    outer = mail("Fwd: hai văn bản", "Kính chuyển")
    for number in (21, 22):
        outer.add_attachment(mail(f"Số {number}", LETTER.replace("21/", f"{number}/")))
    files = read_by(pool, tmp_path, outer).files
    found = [file.fields.symbol.value for file in files if file.fields.symbol is not None]
    assert found == ["21/SNV-VP", "22/SNV-VP"]


@pytest.mark.parametrize("how", ["whole", "as a file"])
def test_the_heads_of_mails_inside_are_known(pool: ReaderPool, tmp_path: Path, how: str) -> None:
    """A mark of secrecy may stand there and nowhere else."""
    inner = mail("TỐI MẬT: kế hoạch", "Kính gửi\nxem tệp")
    inner.add_attachment(b"x", "application", "octet-stream", filename="a.bin")
    reading = read_by(pool, tmp_path, passed_on(passed_on(inner, how), how))
    assert ("TỐI MẬT: kế hoạch", "Kính gửi\nxem tệp") in [(a, b.strip()) for a, b in reading.inside]


@pytest.mark.parametrize(
    ("plain", "hollow"),
    [("Mời xem nội dung ở dạng HTML.", True), ("", True), (LETTER * 2, False), (LETTER * 9, False)],
)
def test_plain_text_that_only_points_to_the_page_is_not_the_letter(plain: str, hollow: bool) -> None:
    message = mail("Công văn", plain)
    page = "<div>" + LETTER.replace("\n", "<br>") + "Nội dung công văn. " * 9 + "</div>"
    message.add_alternative(page, subtype="html")
    body = read(message.as_bytes(policy=SMTP), ReadLimits()).body
    assert ("Nội dung công văn." in body) is hollow and "21/SNV-VP" in body
