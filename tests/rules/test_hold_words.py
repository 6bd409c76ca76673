"""What coordinators write about recipients that wait: every line understood, or read by a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.records.hold_words import HoldAct, HoldSaid, understand_hold

SEND, DROP, RELEASE = HoldAct.SEND, HoldAct.DROP, HoldAct.RELEASE


@pytest.mark.parametrize(
    ("text", "cases", "want"),
    [
        ("Sở Tư pháp", [12], [HoldSaid(12, SEND, "Sở Tư pháp")]),
        ("gửi cho Sở Tư pháp.", [12], [HoldSaid(12, SEND, "Sở Tư pháp")]),
        ("Bộ Tư pháp", [12], [HoldSaid(12, SEND, "Bộ Tư pháp")]),
        ("12: sotuphap, nhớ tên", [12, 13], [HoldSaid(12, SEND, "sotuphap", keep=True)]),
        ("send to Ministry of Justice (keep)", [12], [HoldSaid(12, SEND, "Ministry of Justice", keep=True)]),
        ("bỏ: không có hội này", [12], [HoldSaid(12, DROP, text="không có hội này")]),
        ("bo, vì đã giải thể", [12], [HoldSaid(12, DROP, text="đã giải thể")]),
        ("cho đi", [5], [HoldSaid(5, RELEASE)]),
        (
            "Kính gửi hệ thống,\nviệc 12: Sở Tư pháp\n13: không gửi, trùng\nTrân trọng,\nLan",
            [12, 13],
            [HoldSaid(12, SEND, "Sở Tư pháp"), HoldSaid(13, DROP, text="trùng")],
        ),
    ],
)
def test_what_is_understood(text: str, cases: list[int], want: list[HoldSaid]) -> None:
    assert understand_hold(f"{text}\n\n> việc 12: Hội Luật gia", cases) == tuple(want)


@pytest.mark.parametrize(
    ("text", "cases"),
    [
        ("", [12]), ("Sở Tư pháp", [12, 13]), ("14: Sở Tư pháp", [12]), ("chưa rõ", [12]), ("12:", [12]),
        ("Sở Tư pháp?", [12]), ("12: Sở Tư pháp\n12: bỏ", [12]), ("12: Sở Tư pháp\nxin gọi lại", [12, 13]),
        ("12: x\n" * 50, [12]),
    ],
)  # fmt: skip
def test_half_an_answer_is_for_a_person(text: str, cases: list[int]) -> None:
    assert understand_hold(text, cases) is None


@given(st.text(max_size=300), st.lists(st.integers(1, 99), max_size=4))
def test_any_text_is_taken(text: str, cases: list[int]) -> None:
    said = understand_hold(text, cases)
    assert said is None or {item.case for item in said} <= set(cases)
