"""Names of files in the encodings of 2005, where nothing says which: in archives and in mails."""

import struct
import zlib
from pathlib import Path

import pytest

from connectors.readers.limits import ReadLimits
from connectors.readers.mime import read
from connectors.readers.pool import ReaderPool
from rules.values.reading import ParcelReading

LETTER = "Số: 21/CT-UBND\nCHỈ THỊ\n".encode()
NAMES = {
    "Công văn số 12.doc": (
        "Công văn số 12.doc".encode(),
        "C«ng v¨n sè 12.doc".encode("latin-1"),
        "Coâng vaên soá 12.doc".encode("cp1252"),
        b"C\xf4ng v\xe3n s\xf4\xec 12.doc",
    ),
    "Quyết định.doc": (
        "Quyết định.doc".encode(),
        "QuyÕt ®Þnh.doc".encode("latin-1"),
        "Quyeát ñònh.doc".encode("cp1252"),
        b"Quy\xea\xect \xf0i\xf2nh.doc",
    ),
}


def packed(*names: bytes) -> bytes:
    """As archivers of that time wrote it: names without the mark of UTF-8."""
    files, directory = b"", b""
    for name in names:
        head = struct.pack("<HHHHIIIHH", 0, 0, 0, 0, zlib.crc32(LETTER), *[len(LETTER)] * 2, len(name), 0)
        place = struct.pack("<HHHII", 0, 0, 0, 0, len(files))
        directory += b"PK\1\2" + struct.pack("<HH", 20, 20) + head + place + name
        files += b"PK\3\4" + struct.pack("<H", 20) + head + name + LETTER
    count = len(names)
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(files), 0)
    return files + directory + b"PK\5\6" + end


def read_by(pool: ReaderPool, folder: Path, kind: str, content: bytes) -> ParcelReading:
    path, job = folder / "given", folder / "job"
    path.write_bytes(content)
    job.mkdir()
    return pool.read(path, "a", kind, job)


@pytest.mark.parametrize("name", NAMES)
def test_names_in_an_old_archive(pool: ReaderPool, tmp_path: Path, name: str) -> None:
    files = read_by(pool, tmp_path, "file", packed(*NAMES[name])).files
    assert [file.name for file in files[1:]] == [name] * 4


@pytest.mark.parametrize("how", range(4), ids=["utf-8", "tcvn3", "vni", "cp1258"])
@pytest.mark.parametrize("name", NAMES)
def test_names_in_raw_bytes_of_a_mail(pool: ReaderPool, tmp_path: Path, name: str, how: int) -> None:
    part = b'Content-Type: application/octet-stream; name="' + NAMES[name][how] + b'"\r\n\r\n' + LETTER
    head = b"From: a@b.example\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n"
    files = read_by(pool, tmp_path, "mail", head + b"--q\r\n" + part + b"\r\n--q--\r\n").files
    assert [file.name for file in files] == [name]


def test_a_raw_name_without_quotes_keeps_its_last_letter() -> None:
    """à ends with a byte that would be a blank in Latin-1."""
    part = b"Content-Disposition: attachment; filename=" + "Bản của bà".encode() + b"\r\n\r\nx"
    head = b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n"
    (file,) = read(head + b"--q\r\n" + part + b"\r\n--q--\r\n", ReadLimits()).files
    assert file.name == "Bản của bà"
