"""What an answer of clamd is worth: never "clean" where something stood in the way (PROMISES S12)."""

from datetime import UTC, datetime, timedelta

import pytest

from rules.antivirus import fresh, judge, version


@pytest.mark.parametrize(
    ("reply", "warnings", "said"),
    [
        ("stream: OK", (), "clean"),
        ("stream: OK", ("signed", "embedded-files"), "clean"),
        ("stream: Win.Test.EICAR_HDB-1 FOUND", (), "infected Win.Test.EICAR_HDB-1"),
        ("stream: Eicar FOUND", ("encrypted",), "infected Eicar"),
        ("stream: OK", ("encrypted",), "not scanned encrypted"),
        ("stream: OK", ("bomb-ratio",), "not scanned bomb-ratio"),
        ("stream: OK", ("nesting-capped",), "not scanned nesting-capped"),
        ("stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND", (), "not scanned limits"),
        ("stream: Heuristics.Encrypted.Zip FOUND", (), "not scanned encrypted"),
        ("INSTREAM size limit exceeded. ERROR", (), "not scanned limits"),
        ("stream: Can't allocate memory ERROR", (), "not scanned error"),
        ("", (), "not scanned error"),
        ("stream: OKAY", (), "not scanned error"),
        ("OK", (), "not scanned error"),
    ],
)
def test_answers(reply: str, warnings: tuple[str, ...], said: str) -> None:
    assert str(judge(reply, warnings)) == said


def test_signatures_have_an_age() -> None:
    name, day = version("ClamAV 1.4.6/27500/Sun Nov 22 08:00:00 2026")
    assert (name, day) == ("ClamAV 1.4.6", datetime(2026, 11, 22, 8, tzinfo=UTC))
    assert version("ClamAV 1.4.6") == ("ClamAV 1.4.6", None)
    assert version("ClamAV 1.4.6/27500/Sun Nov 42 08:00:00 2026")[1] is None
    assert version("something else") == ("", None)
    assert day is not None
    assert fresh(day, day + timedelta(days=6), 7) and not fresh(day, day + timedelta(days=8), 7)
    assert not fresh(None, day, 7)
