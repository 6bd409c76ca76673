"""What comes back to a bounce address: reports by the book, receipts, and the prose of the wild."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.returned import Came, Returned, read_returned


def dsn(action: str, status: str, diagnostic: str = "") -> bytes:
    lines = [
        "From: MAILER-DAEMON@mx.example", "Content-Type: multipart/report; report-type=delivery-status;",
        ' boundary="b"', "", "--b", "Content-Type: text/plain", "", "Sorry.", "",
        "--b", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.example", "",
        "Final-Recipient: rfc822; vanthu@moj.example", f"Action: {action}", f"Status: {status}",
    ]  # fmt: skip
    lines += [f"Diagnostic-Code: smtp; {diagnostic}"] if diagnostic else []
    return "\r\n".join([*lines, "", "--b--", ""]).encode()


CASES = [
    (dsn("failed", "5.1.1", "550 5.1.1 User unknown"),
     Returned(Came.FAILED, "5.1.1", "550 5.1.1 User unknown")),
    (dsn("failed", "5.0.0", "550 5.2.2 Full"), Returned(Came.FAILED, "5.2.2", "550 5.2.2 Full")),
    (dsn("failed", "5.0.0 (permanent)", "x-unix; 1"), Returned(Came.FAILED, "5.0.0", "x-unix; 1")),
    (dsn("delayed", "4.4.1", "connect timed out"), Returned(Came.DELAYED, "4.4.1", "connect timed out")),
    (dsn("delivered", "2.0.0"), Returned(Came.DELIVERED, "2.0.0")),
    (dsn("relayed", "2.0.0"), Returned(Came.RELAYED, "2.0.0")),
    (b"Content-Type: multipart/report; report-type=disposition-notification\r\n\r\n"
     b"Disposition: manual-action/MDN-sent-manually; displayed\r\n",
     Returned(Came.READ, words="manual-action/MDN-sent-manually; displayed")),
    (b"Subject: x\r\n\r\nDisposition: automatic-action/MDN-sent-automatically; deleted\r\n",
     Returned(Came.DELETED, words="automatic-action/MDN-sent-automatically; deleted")),
    (b"Subject: failure notice\r\n\r\nHi. This is the qmail-send program at mx.example.\r\n<a@b.example>:\r\n"
     b"Sorry, no mailbox here by that name. 550 5.1.1 unknown\r\n",
     Returned(Came.FAILED, "5.1.1", "550 5.1.1 unknown")),
    (b"Subject: Undelivered\r\n\r\nThe user is unknown here.\r\n",
     Returned(Came.FAILED, "5.1.1", "The user is unknown here.")),
    ("Subject: Thư trả lại\r\n\r\nHộp thư đã đầy, không nhận thêm.\r\n".encode(),
     Returned(Came.FAILED, "5.2.2", "Hộp thư đã đầy, không nhận thêm.")),
    (b"X-Failed-Recipients: a@b.example\r\n\r\nSomething went wrong.\r\n", Returned(Came.FAILED)),
    (b"Subject: hello\r\n\r\nnothing of the kind\r\n", Returned(Came.UNKNOWN)),
    (b"Subject: warning\r\n\r\n421 4.4.2 timed out, still trying\r\n",
     Returned(Came.DELAYED, "4.4.2", "421 4.4.2 timed out, still trying")),
    (b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n"
     + base64.encodebytes(b"550 5.1.1 no such user here").replace(b"\n", b"\r\n"),
     Returned(Came.FAILED, "5.1.1", "550 5.1.1 no such user here")),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "want"), CASES)
def test_what_came_back(raw: bytes, want: Returned) -> None:
    assert read_returned(raw) == want


@pytest.mark.parametrize(
    ("status", "gone"), [("5.1.1", True), ("5.1.10", True), ("5.2.2", False), ("", False)]
)
def test_which_failures_say_that_the_address_does_not_exist(status: str, gone: bool) -> None:
    assert Returned(Came.FAILED, status).no_such_address is gone
    assert not Returned(Came.DELAYED, status).no_such_address


@given(st.binary(max_size=600))
def test_any_bytes_are_read_without_a_fault(raw: bytes) -> None:
    assert read_returned(raw).came in Came


def test_a_huge_mail_is_looked_at_only_in_part() -> None:
    assert read_returned(b"x" * 5_000_000 + dsn("failed", "5.1.1")).came is Came.UNKNOWN
