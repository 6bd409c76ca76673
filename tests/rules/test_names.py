"""Names of people as names of mailboxes (DOMAIN 9.4, 11.2)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.text.names import RESERVED, Pattern, given_name, is_reserved, mailbox_name


@pytest.mark.parametrize("pattern", Pattern)
def test_each_pattern_shows_itself(pattern: Pattern) -> None:
    assert mailbox_name("Nguyễn Văn An", pattern) == pattern.value


@pytest.mark.parametrize(
    ("name", "local"),
    [
        ("Đặng Thị Ngọc Ánh", "anhdtn"),
        ("Ðỗ Ðức", "ducd"),
        ("Lê Anh", "anhl"),
        ("Lê Văn Anh", "anhlv"),
        ("  trần   THỊ  Thuỷ ", "thuytt"),
        ("H'Hen Niê", "niehh"),
        ("Y", "y2"),
        ("Tôn-nữ Thị Ninh", "ninhtnt"),
        ("Lê Thị Phạm", "phamlt"),
    ],
)
def test_names_of_many_shapes(name: str, local: str) -> None:
    assert mailbox_name(name) == local


def test_the_second_gets_a_number_and_nobody_a_reserved_word() -> None:
    taken = {"annv"}
    taken.add(mailbox_name("Nguyễn Văn An", taken=taken))
    assert mailbox_name("Nguyễn Vũ An", taken=taken) == "annv3" and "annv2" in taken
    assert mailbox_name("Văn Thư", Pattern.FULL) == "vanthu2"
    assert mailbox_name("Thư Văn", Pattern.GIVEN_DOT_FAMILY) == "van.thu"
    assert mailbox_name("Thi Vanthu", Pattern.GIVEN_DOT_REST) == "vanthuthi"
    assert is_reserved("VanThu.sonoivu") and is_reserved("Congvan") and not is_reserved("annv")


@pytest.mark.parametrize("name", ["", " ", "...", "王伟"])
def test_a_name_without_letters_is_an_error(name: str) -> None:
    with pytest.raises(ValueError, match="mailbox"):
        mailbox_name(name)


def test_the_given_name_is_the_last_word() -> None:
    assert given_name("Nguyễn Văn An ") == "An" and given_name("") == ""


LETTERS = st.text("abcđêơưÁỆỘz ", max_size=60)


@given(
    LETTERS.filter(str.strip), st.sampled_from(Pattern), st.sets(st.sampled_from(["aa", "a2", "a3", "bb"]))
)
def test_every_mailbox_name_is_plain_free_and_short(name: str, pattern: Pattern, taken: set[str]) -> None:
    local = mailbox_name(name, pattern, taken)
    assert re.fullmatch(r"[a-z0-9](?:[a-z0-9.]{0,28}[a-z0-9])", local) and ".." not in local
    assert local not in taken and local not in RESERVED
