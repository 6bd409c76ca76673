"""What lies inside zip, winmail.dat, .msg and attached mails is found; the wrapper stays whole."""

import io
import struct
import zipfile
from pathlib import Path

import pytest

from connectors.readers import mime, tnef, unpack
from connectors.readers.limits import ReadLimits
from connectors.readers.pool import ReaderPool

LETTER = "Số: 21/CT-UBND\nCHỈ THỊ\nVề việc văn thư\n".encode()
MAIL = b"From: an@x.example\nSubject: Fwd\nMIME-Version: 1.0\nContent-Type: text/plain\n\nKinh gui\n"


def zipped(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def attribute(level: int, number: int, data: bytes) -> bytes:
    return struct.pack("<BHHI", level, number, 6, len(data)) + data + b"\0\0"


def wrapped(name: bytes, content: bytes, long_name: str = "") -> bytes:
    out = b"\x78\x9f\x3e\x22\x01\x00" + attribute(2, 0x9002, bytes(14)) + attribute(2, 0x8010, name + b"\0")
    if long_name:
        wide = long_name.encode("utf-16-le") + b"\0\0"
        pad = b"\0" * (-len(wide) % 4)
        value = struct.pack("<IHHII", 1, 0x1F, 0x3707, 1, len(wide)) + wide + pad
        out += attribute(2, 0x9005, value)
    return out + attribute(2, 0x800F, content)


def names(pool: ReaderPool, tmp_path: Path, name: str, content: bytes) -> list[str]:
    path, job = tmp_path / "given", tmp_path / "job"
    path.write_bytes(content)
    job.mkdir()
    reading = pool.read(path, name, "file", job)
    assert (job / reading.files[0].path).read_bytes() == content
    return [file.name for file in reading.files]


def test_a_zip_in_a_zip_with_a_mail(pool: ReaderPool, tmp_path: Path) -> None:
    inner = zipped(("thư mục/văn bản.txt", LETTER))
    content = zipped(("../../trong.zip", inner), ("thu.eml", MAIL))
    assert names(pool, tmp_path, "a.zip", content) == [
        "a.zip",
        "trong.zip",
        "văn bản.txt",
        "thu.eml",
        "Fwd.txt",
    ]


def test_winmail_gives_its_files(pool: ReaderPool, tmp_path: Path) -> None:
    content = wrapped(b"VANBAN~1.TXT", LETTER, "văn bản đi.txt")
    assert names(pool, tmp_path, "winmail.dat", content) == ["winmail.dat", "văn bản đi.txt"]


@pytest.mark.parametrize("cut", range(0, 120, 7))
def test_a_cut_winmail_never_hurts(cut: int) -> None:
    whole = wrapped(b"a.txt", LETTER, "b.txt")
    try:
        files = tnef.read(whole[:cut]).files
    except struct.error:
        files = []
    assert all(file.content in LETTER for file in files)


def test_a_bomb_is_refused_and_the_others_kept() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bom.bin", bytes(20_000_000))
        archive.writestr("tot.txt", LETTER)
    files, warnings, _inside = unpack.members("application/zip", out.getvalue(), ReadLimits())
    assert [file.name for file in files] == ["tot.txt"]
    assert warnings == ["bomb-ratio"]


def test_words_that_are_called_base64_stay_words() -> None:
    said = b"Content-Type: image/jpeg\nContent-Transfer-Encoding: base64\n\n"
    prose = b"... the image data was here ...\n"
    (file,) = mime.read(said + prose, ReadLimits()).files
    assert file.content == prose
    (file,) = mime.read(said + b"QUJD\nREVG!\n", ReadLimits()).files
    assert file.content == b"ABCDEF"
