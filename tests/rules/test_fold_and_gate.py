"""Folding and the gate."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.text.fold import fold, squash, tidy, tidy_lines
from rules.text.gate import _FORBIDDEN, _LINE_ENDS, clean, clean_name


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Đặng Thị Hương", "dang thi huong"),
        (unicodedata.normalize("NFD", "Đặng Thị Hương"), "dang thi huong"),
        ("Ðồng Xoài", "dong xoai"),  # eth for Đ
        ("HOÀ", "hoa"),
        ("hòa", "hoa"),
        ("thuỷ", "thuy"),
        ("QĐ-UBND", "qd-ubnd"),
    ],
)
def test_fold(text: str, key: str) -> None:
    assert fold(text) == key


def test_numbers_written_differently_meet_in_the_compact_key() -> None:
    keys = {squash(text) for text in ("21/2005/CT-UBND", "21/2005/ct ubnd", "21 2005 CT – UBND")}
    assert keys == {"212005ctubnd"}


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_folding_ignores_the_normal_form(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


def test_tidy_drops_what_nobody_sees() -> None:
    assert tidy("  Về\u00a0việc \u00adtriển\u200b  khai\n ") == "Về việc triển khai"
    assert tidy_lines("a \t b\n\n\n\nc") == "a b\n\nc"


HOSTILE = "a\x00b\x1b[31mc\u202egpj.exe\u2028d\r\ne\x85f\ud800"


def test_nothing_unclean_passes_the_gate() -> None:
    passed = clean(HOSTILE)
    assert passed == "ab[31mcgpj.exe d e f"
    assert passed.encode("utf-8")


def test_what_is_printable_needs_no_cleaning() -> None:
    """Because the gate lets it pass after one look."""
    printable = "".join(
        character for character in map(chr, range(sys.maxunicode + 1)) if character.isprintable()
    )
    assert not _FORBIDDEN.search(printable) and not _LINE_ENDS.search(printable)


def test_lines_may_stay_lines() -> None:
    assert clean("a\r\nb\u2028c", lines=True) == "a\nb\nc"


def test_bytes_in_a_wrong_encoding_are_no_error() -> None:
    assert clean("Đà Nẵng".encode()) == "Đà Nẵng"
    assert clean(b"caf\xe9") == "café"


@given(st.text(alphabet=st.characters(), max_size=300), st.integers(min_value=1, max_value=60))
def test_the_gate_keeps_its_limit_and_is_encodable(text: str, limit: int) -> None:
    passed = clean(text, limit)
    assert len(passed) <= limit
    passed.encode("utf-8")
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in passed)


@pytest.mark.parametrize(
    ("name", "want"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        (r"C:\Users\an\Bao cao.docx", "Bao cao.docx"),
        ("12/QĐ-UBND.pdf", "12_QĐ-UBND.pdf"),
        ("", "unnamed"),
        ("..", "unnamed"),
        ("\x00\u202e", "unnamed"),
        (None, "unnamed"),
    ],
)
def test_file_names(name: str | None, want: str) -> None:
    assert clean_name(name) == want


def test_a_long_name_keeps_its_extension() -> None:
    assert clean_name("Kế hoạch " * 100 + ".docx", 40).endswith(".docx")
    assert len(clean_name("x" * 500 + ".pdf", 40)) == 40
