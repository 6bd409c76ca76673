"""What replies say: a table of what people write, and of what must not be taken for an answer."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.replies import Act, Said, own_words, understand

TODAY = date(2026, 11, 27)

UNDERSTOOD = [
    ("đã nhận", Said(Act.RECEIVE)),
    ("Đã nhận.", Said(Act.RECEIVE)),
    ("da nhan", Said(Act.RECEIVE)),
    ("ĐÃ NHẬN", Said(Act.RECEIVE)),
    ("Đã nhận được văn bản, cảm ơn", Said(Act.RECEIVE, text="văn bản, cảm ơn")),
    ("Dạ, đơn vị đã nhận.", Said(Act.RECEIVE)),
    ("Kính gửi anh,\nVăn thư đã tiếp nhận.\nTrân trọng", Said(Act.RECEIVE)),
    ("tiếp nhận", Said(Act.RECEIVE)),
    ("Received", Said(Act.RECEIVE)),
    ("We have received it", Said(Act.RECEIVE, text="it")),
    ("Hi Lan,\n\nreceived, thanks", Said(Act.RECEIVE, text="thanks")),
    ("Đã vào sổ", Said(Act.RECEIVE)),
    ("03", Said(Act.RECEIVE)),
    ("từ chối: sai địa chỉ", Said(Act.REFUSE, text="sai địa chỉ")),
    ("Từ chối vì không thuộc thẩm quyền", Said(Act.REFUSE, text="không thuộc thẩm quyền")),
    ("tu choi tiep nhan - gui nham", Said(Act.REFUSE, text="gui nham")),
    ("Không nhận, lý do: thiếu phụ lục", Said(Act.REFUSE, text="thiếu phụ lục")),
    ("Trả lại: gửi nhầm sở", Said(Act.REFUSE, text="gửi nhầm sở")),
    ("Refused: wrong office", Said(Act.REFUSE, text="wrong office")),
    ("giao annv 3 ngày", Said(Act.ASSIGN, "annv", 3)),
    ("Giao annv 3 ngày: xem và trả lời", Said(Act.ASSIGN, "annv", 3, text="xem và trả lời")),
    ("giao cho Nguyễn Văn An, 5 ngày", Said(Act.ASSIGN, "Nguyễn Văn An", 5)),
    ("Phân công annv@binhlam.example đến 05/12: tham mưu",
     Said(Act.ASSIGN, "annv@binhlam.example", until=date(2026, 12, 5), text="tham mưu")),
    ("giao tridm", Said(Act.ASSIGN, "tridm")),
    ("assign annv 3 days", Said(Act.ASSIGN, "annv", 3)),
    ("Assign to annv by 2026-12-05: please answer",
     Said(Act.ASSIGN, "annv", until=date(2026, 12, 5), text="please answer")),
    ("chuyển annv xem xét", Said(Act.ASSIGN, "annv", text="xem xét")),
    ("xong", Said(Act.DONE)),
    ("Đã xong", Said(Act.DONE)),
    ("Đã hoàn thành, trả lời bằng 12/STP-VP", Said(Act.DONE, text="trả lời bằng 12/STP-VP")),
    ("Done", Said(Act.DONE)),
    ("xử lý xong rồi", Said(Act.DONE, text="rồi")),
    ("đang xử lý", Said(Act.BEGIN)),
    ("Working on it", Said(Act.BEGIN)),
    ("gia hạn 2 ngày", Said(Act.EXTEND, days=2)),
    ("xin gia hạn thêm 5 ngày vì chờ số liệu", Said(Act.EXTEND, days=5, text="chờ số liệu")),
    ("gia hạn đến 15/01", Said(Act.EXTEND, until=date(2027, 1, 15))),
    ("extend 2 days", Said(Act.EXTEND, days=2)),
    ("đồng ý", Said(Act.AGREE)),
    ("Yes", Said(Act.AGREE)),
    ("không đồng ý: đã ban hành văn bản trả lời", Said(Act.DECLINE, text="đã ban hành văn bản trả lời")),
    ("đã nhận\n\nVào 10:00 ngày 27/11/2026, UBND tỉnh <x@y.example> đã viết:\n> từ chối", Said(Act.RECEIVE)),
    ("done\r\n\r\n-----Original Message-----\r\nFrom: hub\r\n", Said(Act.DONE)),
    ("xong\n-- \nNguyễn Văn An\nSở Nội vụ", Said(Act.DONE)),
]  # fmt: skip

NOT_UNDERSTOOD = [
    "", "   \n ", "> đã nhận", "chưa nhận được", "Chưa xong", "không xong", "We have not received it",
    "đã nhận chưa?", "Xong chưa?", "Văn bản này gửi cho ai?", "Đề nghị gửi lại bản có dấu", "gia hạn",
    "gia hạn 2/31", "giao", "nhanh lên", "xongxong", "I will be out of office until Monday",
    "từ " * 80, "đã nhậnn", "receiver", "15 người tham dự", "03/2026 họp giao ban?",
]  # fmt: skip


@pytest.mark.parametrize(("text", "want"), UNDERSTOOD, ids=[text[:30] for text, _want in UNDERSTOOD])
def test_what_people_write_is_understood(text: str, want: Said) -> None:
    assert understand(text, TODAY) == want


@pytest.mark.parametrize("text", NOT_UNDERSTOOD)
def test_what_leaves_a_doubt_is_left_to_a_person(text: str) -> None:
    assert understand(text, TODAY) is None


def test_own_words_end_where_the_answered_mail_begins() -> None:
    assert own_words("xong\n\nOn Fri, 27 Nov 2026 at 10:00, Hub <h@x.example> wrote:\n> nothing") == "xong"
    assert own_words("Từ: Sở\nđã nhận") == ""


@given(st.text(max_size=300))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    said = understand(text, TODAY)
    assert said is None or said.act in Act
