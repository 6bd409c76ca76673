"""What Outlook wraps: .msg with mails inside, pictures of a signature, winmail.dat with names of its time."""

import io
from pathlib import Path

import pytest
from PIL import Image

from connectors.readers import kind
from connectors.readers.pool import ReaderPool
from rules.values.reading import ParcelReading
from tests.compound import compound
from tests.connectors.readers.test_reader_wrappers import LETTER, wrapped


def wide(tag: str, text: str) -> dict[str, bytes]:
    return {f"__substg1.0_{tag}001F": text.encode("utf-16-le")}


def picture(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(out, "PNG")
    return out.getvalue()


def attached(name: str, content: bytes, cid: str = "") -> dict[str, bytes]:
    shown = wide("3712", cid) if cid else {}
    return wide("3707", name) | shown | {"__substg1.0_37010102": content}


def message(subject: str, body: str, *parts: dict[str, object]) -> dict[str, object]:
    tree: dict[str, object] = {"__properties_version1.0": bytes(32)}
    tree |= wide("0037", subject) | (wide("1000", body) if body else {})
    return tree | {f"__attach_version1.0_#{at:08X}": part for at, part in enumerate(parts)}


def read(pool: ReaderPool, tmp_path: Path, name: str, content: bytes) -> ParcelReading:
    path, job = tmp_path / "given", tmp_path / "job"
    path.write_bytes(content)
    job.mkdir()
    reading = pool.read(path, name, "file", job)
    assert (job / reading.files[0].path).read_bytes() == content
    return reading


def msg(tree: dict[str, object]) -> bytes:
    return compound(tree)  # type: ignore[arg-type]


def test_files_of_a_msg_have_their_vietnamese_names(pool: ReaderPool, tmp_path: Path) -> None:
    content = msg(message("Công văn", "Kính gửi", attached("Tờ trình số 12.txt", LETTER)))
    reading = read(pool, tmp_path, "thư.msg", content)
    assert [file.name for file in reading.files] == ["thư.msg", "Tờ trình số 12.txt"]
    assert reading.files[1].fields.symbol is not None


def test_a_mail_attached_to_a_msg_gives_up_its_files(pool: ReaderPool, tmp_path: Path) -> None:
    """Outlook keeps it in a storage, and not as a file."""
    inner = message("Gốc", "Xem tệp", attached("Quyết định.txt", LETTER))
    outer = message("Chuyển tiếp: Gốc", "Kính chuyển", {"__substg1.0_3701000D": inner})
    reading = read(pool, tmp_path, "a.msg", msg(outer))
    assert [file.name for file in reading.files] == ["a.msg", "Quyết định.txt"]


def test_a_letter_in_the_text_of_a_msg_is_found_beside_a_logo(pool: ReaderPool, tmp_path: Path) -> None:
    tree = message("Công văn", LETTER.decode(), attached("image001.png", picture(160, 60), "logo@x"))
    files = read(pool, tmp_path, "a.msg", msg(tree)).files
    found = [(file.name, file.inline) for file in files[1:]]
    assert found == [("image001.png", True), ("Công văn.txt", False)]
    assert files[2].fields.symbol is not None


def test_a_photographed_page_in_a_msg_is_no_logo(pool: ReaderPool, tmp_path: Path) -> None:
    tree = message("Ảnh", "", attached("IMG_2024.png", picture(800, 1100), "anh@x"))
    files = read(pool, tmp_path, "a.msg", msg(tree)).files
    assert [(file.name, file.inline) for file in files[1:]] == [("IMG_2024.png", False)]


def test_a_msg_that_has_only_a_page_is_its_text(pool: ReaderPool, tmp_path: Path) -> None:
    page = "<html><body><p>" + LETTER.decode().replace("\n", "<br>") + "</p></body></html>"
    tree = message("Công văn", "") | {"__substg1.0_10130102": page.encode()}
    files = read(pool, tmp_path, "a.msg", msg(tree)).files
    assert files[1].name == "Công văn.txt" and files[1].fields.symbol is not None


def test_mails_in_mails_without_end_are_cut(pool: ReaderPool, tmp_path: Path) -> None:
    tree = message("0", LETTER.decode())
    for level in range(1, 20):
        tree = message(str(level), "x", {"__substg1.0_3701000D": tree})
    assert len(read(pool, tmp_path, "a.msg", msg(tree)).files) == 2


@pytest.mark.parametrize(
    "name",
    [
        "Tờ trình UBND tỉnh.txt".encode(),
        "Tê tr×nh UBND tØnh.txt".encode("latin-1"),
        "Tôø trình UBND tænh.txt".encode("cp1252"),
        b"T\xf5\xcc tri\xccnh UBND ti\xd2nh.txt",
    ],
    ids=["utf-8", "tcvn3", "vni", "cp1258"],
)
def test_names_of_winmail_are_readable(pool: ReaderPool, tmp_path: Path, name: bytes) -> None:
    files = read(pool, tmp_path, "winmail.dat", wrapped(name, LETTER)).files
    assert [file.name for file in files] == ["winmail.dat", "Tờ trình UBND tỉnh.txt"]


def test_an_office_file_behind_a_password_says_so(pool: ReaderPool, tmp_path: Path) -> None:
    content = compound({"EncryptionInfo": bytes(200), "EncryptedPackage": bytes(6000)})
    (file,) = read(pool, tmp_path, "Quyết định.docx", content).files
    assert (file.reading.media_type, file.reading.state) == (kind.LOCKED, "encrypted")
