"""Whose address failed, as the systems of the world say it."""

import time

import pytest

from rules.bounce import complained, failures, is_bounce
from rules.values.bounce import Failure

OWN = frozenset({"congvan@hub.example"})
REPORT = """Reporting-MTA: dns; mx.hub.example

Original-Recipient: rfc822;so@x.example
Final-Recipient: rfc822; internal@x.example
Action: failed
Status: 5.0.0
Diagnostic-Code: smtp; 550 5.1.1 <so@x.example>: User
 unknown

Final-Recipient: rfc822; hai@x.example
Action: delayed
Status: 4.4.1

Final-Recipient: rfc822; ba@x.example
Action: delivered
Status: 2.0.0
"""


def test_the_machine_readable_part_is_believed() -> None:
    found = failures([REPORT], [], "also mentions other@x.example: unknown", OWN)
    assert [(one.address, one.status, one.permanent) for one in found] == [
        ("so@x.example", "5.1.1", True),
        ("hai@x.example", "4.4.1", False),
    ]
    assert found[0].text == "550 5.1.1 <so@x.example>: User unknown"


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("<so@x.example>: host mx.x.example said: 550 5.1.1 no", ["so@x.example"]),
        (
            "Following addresses had permanent fatal errors\nso@x.example\n (expanded from: a@y.example)\n",
            ["so@x.example", "a@y.example"],
        ),
        ("list@y.example\ndid not reach the following recipient(s):\nso@x.example\n", ["so@x.example"]),
        ("Delivery to so@x.example was rejected; it was sent by congvan@hub.example", ["so@x.example"]),
        ("congvan@hub.example:\n550 mail rejected", ["congvan@hub.example"]),
        ("so@x.example\n550 5.1.1\n--- Original message ---\nTo: other@y.example\n", ["so@x.example"]),
        ("", []),
    ],
)  # fmt: skip
def test_addresses_in_text(text: str, addresses: list[str]) -> None:
    assert [one.address for one in failures([], [], text, OWN)] == addresses


def test_a_header_that_names_the_addresses() -> None:
    (found,) = failures([], ["so@x.example"], "so@x.example\n  552 5.2.2 mailbox full", OWN)
    assert (found.address, found.status) == ("so@x.example", "5.2.2")


def test_a_complaint_is_no_failure_of_the_address() -> None:
    (found,) = complained(["Feedback-Type: abuse\nOriginal-Rcpt-To: <so@x.example>\n"], "")
    assert found == Failure("so@x.example", text="abuse", complaint=True)
    assert not found.permanent
    assert [one.address for one in complained(["Feedback-Type: abuse\n"], "To: hai@x.example\n")] == [
        "hai@x.example"
    ]


@pytest.mark.parametrize(
    ("sender", "subject", "text", "expected"),
    [
        ("Mail Delivery System <MAILER-DAEMON@mx>", "Undelivered", "so@x.example: 550 5.1.1 unknown", True),
        ("admin@x.example", "Mail delivery failed", "<so@x.example>: 550 5.1.1 unknown", True),
        ("an@x.example", "Fwd: Mail delivery failed", "<so@x.example>: 550 5.1.1 unknown", False),
        ("an@x.example", "V/v hộp thư không gửi được", "Kính gửi các sở, liên hệ so@x.example", False),
        ("postmaster@x.example", "Lịch họp", "Mời họp lúc 8 giờ", False),
    ],
)  # fmt: skip
def test_told_from_what_people_write(sender: str, subject: str, text: str, expected: bool) -> None:
    assert is_bounce(sender, subject, text, failures([], [], text, OWN)) is expected


def test_a_huge_report_is_read_in_time() -> None:
    found = failures(["Final-Recipient: rfc822;a@b.example\n\n" * 50_000], [], "x@y.example " * 50_000, OWN)
    assert [one.address for one in found] == ["a@b.example"]


@pytest.mark.parametrize(
    "text",
    [
        " ".join(f"a{number}@b.vn" for number in range(6000)),  # one line: each address asked about all of it
        "\n".join(f"a{number}@b.vn" for number in range(6000)),
        "received: x\n" * 5000,
        "a@b.vn not " * 6000,
    ],
)
def test_reports_cost_what_their_length_says(text: str) -> None:
    """A few kilobytes of a broken wrapper, read as a mail, once cost nine seconds (PROMISES S12)."""
    before = time.process_time()
    assert len(failures([], [], text, frozenset())) <= 100
    assert time.process_time() - before < 2.0
