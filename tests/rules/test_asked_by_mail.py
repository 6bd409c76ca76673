"""What the mails to clerks and coordinators may carry, and whom their answers name."""

from datetime import date

import pytest

from rules.directory import Directory
from rules.named_party import named_party
from rules.records.passing_on import withheld
from rules.values.directory import Name, Outside, Unit
from rules.vocabulary import SenderVerdict, UnitKind

DAY = date(2026, 11, 29)
DIRECTORY = Directory.of(
    units=[
        Unit("stp", "Sở Tư pháp", UnitKind.DEPARTMENT),
        Unit("a", "Phòng Nội vụ A", UnitKind.ROOM, other_names=(Name("Phòng Nội vụ"),)),
        Unit("b", "Phòng Nội vụ B", UnitKind.ROOM, other_names=(Name("Phòng Nội vụ"),)),
    ],
    outside=[Outside("btp", "Bộ Tư pháp")],
)


@pytest.mark.parametrize(
    ("text", "party"),
    [
        ("stp", "stp"),
        ("sở tư pháp", "stp"),
        ("outside:btp", "outside:btp"),
        ("Bộ Tư pháp", "outside:btp"),
        ("Phòng Nội vụ", None),
        ("Sở Thủy lợi", None),
    ],
)
def test_a_party_goes_by_its_code_or_by_a_name_that_means_one(text: str, party: str | None) -> None:
    assert named_party(DIRECTORY, text, DAY) == party


@pytest.mark.parametrize(
    ("verdict", "reasons", "why"),
    [
        (SenderVerdict.UNVERIFIED, ["sender-unverified"], ""),
        (SenderVerdict.FORGED, ["sender-forged"], "forged"),
        (SenderVerdict.AUTHENTICATED, ["file-program", "symbol-unread"], "program"),
    ],
)
def test_what_may_harm_is_not_passed_on(verdict: SenderVerdict, reasons: list[str], why: str) -> None:
    assert withheld(verdict, reasons) == why
