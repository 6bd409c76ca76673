"""Which folders of an older mailbox come along, under which names, in which portions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.mailboxes.taking_over import BATCH_BYTES, BATCH_MAILS, batches, letters, target


@pytest.mark.parametrize(
    ("name", "flags", "delimiter", "here"),
    [
        ("INBOX", [], "/", ()),
        ("Inbox", [], ".", ()),
        ("Sent", [], "/", ("Thư đi",)),
        ("INBOX.Sent Items", [], ".", ("Thư đi",)),
        ("Gesendet", ["\\Sent"], "/", ("Thư đi",)),
        ("Thư đã gửi", [], "/", ("Thư đi",)),
        ("Deleted Items", [], "/", ("Rác",)),
        ("[Gmail]/All Mail", ["\\All", "\\HasNoChildren"], "/", None),
        ("[Gmail]/Starred", ["\\Flagged"], "/", None),
        ("[Gmail]", ["\\Noselect"], "/", None),
        ("Dự án/Năm 2024", [], "/", ("Dự án", "Năm 2024")),
        ("INBOX.Dự án.v2", [], ".", ("Dự án", "v2")),
        ("a.b", [], "/", ("a_b",)),
        ("../../etc", [], "/", ("etc",)),
        ("Công văn đến", [], "/", ("Công văn đến (cũ)",)),
        ("x" * 300, [], "/", ("x" * 60,)),
        ("no delimiter", [], "", ("no delimiter",)),
    ],
)
def test_where_a_folder_goes(
    name: str, flags: list[str], delimiter: str, here: tuple[str, ...] | None
) -> None:
    assert target(name, flags, delimiter) == here


@given(name=st.text(max_size=80), delimiter=st.sampled_from(["/", ".", "\\", ""]))
def test_no_name_leaves_the_mailbox(name: str, delimiter: str) -> None:
    levels = target(name, [], delimiter)
    assert levels is not None
    assert all(level and not set(level) & set("./~\0\r\n") and len(level) <= 70 for level in levels)


def test_flags_become_letters_in_order() -> None:
    assert letters(["\\Seen", "\\Answered", "$Forwarded", "\\Draft"]) == "DRS"


def test_portions_fit_into_memory() -> None:
    sizes = [(uid, 100) for uid in range(1, 121)]
    assert [len(portion) for portion in batches(sizes)] == [BATCH_MAILS, BATCH_MAILS, 20]
    large = [(1, BATCH_BYTES), (2, 1), (3, BATCH_BYTES + 5), (4, 1)]
    assert list(batches(large)) == [[1], [2], [3], [4]]
    assert list(batches([])) == []
