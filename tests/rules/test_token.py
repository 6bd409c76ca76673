"""Signed rights: what verifies, and that nothing else does (PROMISES S6)."""

import os
import random
from datetime import UTC, datetime, timedelta

import pytest

from rules.token import LENGTH, Purpose, Token, digest, sign, verify

SECRET = b"0123456789abcdef0123456789abcdef"
NOW = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=14)
NONCE = b"\x01\x02\x03\x04\x05\x06"
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
FORGED = 1_000_000 if os.environ.get("VANTHU_SOAK") else 40_000


def made(purpose: Purpose = Purpose.REPLY, row: int = 4711) -> str:
    return sign(SECRET, purpose, row, LATER, NONCE)


@pytest.mark.parametrize("purpose", list(Purpose))
@pytest.mark.parametrize("row", [1, 4711, (1 << 48) - 1])
def test_a_token_says_what_was_signed(purpose: Purpose, row: int) -> None:
    assert verify(SECRET, made(purpose, row), NOW) == Token(purpose, row, LATER)


def test_it_fits_into_a_local_part_and_survives_case_folding() -> None:
    assert len("cmd+" + made()) <= 64 and len(made()) == LENGTH
    assert verify(SECRET, made().upper(), NOW) == verify(SECRET, made(), NOW)
    assert digest(made().upper()) == digest(made())


def test_it_runs_out() -> None:
    assert verify(SECRET, made(), LATER - timedelta(minutes=1)) is not None
    assert verify(SECRET, made(), LATER) is None


def test_another_secret_signs_other_tokens() -> None:
    assert verify(b"x" * 32, made(), NOW) is None


@pytest.mark.parametrize("row", [0, -1, 1 << 48])
def test_a_row_that_does_not_fit_is_refused(row: int) -> None:
    with pytest.raises(ValueError, match="row"):
        sign(SECRET, Purpose.REPLY, row, LATER, NONCE)


@pytest.mark.parametrize("text", ["", "cmd", "ä" * LENGTH, "1" * LENGTH, "a" * (LENGTH + 1), "=" * LENGTH])
def test_nonsense_is_no_token(text: str) -> None:
    assert verify(SECRET, text, NOW) is None


def test_every_changed_letter_is_seen() -> None:
    token = made()
    others = [
        token[:place] + letter + token[place + 1 :]
        for place in range(LENGTH)
        for letter in LETTERS
        if letter != token[place]
    ]
    assert [text for text in others if verify(SECRET, text, NOW)] == []


def test_forged_tokens_are_never_accepted() -> None:
    """Random ones, and ours with some bits flipped."""
    chance = random.Random(6)
    token = made()
    accepted = 0
    for number in range(FORGED):
        if number % 2:
            text = "".join(chance.choices(LETTERS, k=LENGTH))
        else:
            letters = list(token)
            for place in chance.sample(range(LENGTH), chance.randint(1, 4)):
                letters[place] = chance.choice(LETTERS)
            text = "".join(letters)
        accepted += text != token and verify(SECRET, text, NOW) is not None
    assert accepted == 0
