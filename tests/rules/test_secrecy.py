"""Secrecy marks in subjects, file names, lines and mails: also when blurred, never in "bảo mật" (S17)."""

from collections.abc import Callable, Mapping

from rules.secrecy.lines import framed, of_line
from rules.secrecy.titles import in_file_name, in_opening, in_title
from tests.rules.secrecy_samples import BENIGN, BLURRED, MARKED

LOOK: Mapping[str, Callable[[str], str | None]] = {
    "subject": in_title,
    "file": in_file_name,
    "line": of_line,
    "body": in_opening,
}


def test_sixty_marks_are_found() -> None:
    assert len(MARKED) == 60
    assert [(text, LOOK[what](text)) for what, text, level in MARKED if LOOK[what](text) != level] == []


def test_blurred_stamps_are_found() -> None:
    assert len(BLURRED) == 60
    missed = [text for text, level in BLURRED if (of_line(text) or framed(text)) != level]
    assert len(missed) * 20 <= len(BLURRED), missed


def test_two_hundred_harmless_texts_raise_no_alarm() -> None:
    assert len(BENIGN) >= 200
    alarms = [text for what, text in BENIGN if LOOK[what](text)]
    assert len(alarms) * 50 <= len(BENIGN), alarms
