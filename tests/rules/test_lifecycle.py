"""Moves of a delivery (DOMAIN 6.3)."""

import pytest

from rules.records.lifecycle import handling_of, may_handle, may_move
from rules.vocabulary import DeliveryState, Handling

NATIONAL = {  # DOMAIN 6.3, copied by hand from the table of allowed moves
    "01": {"02", "03", "13"},
    "02": set(),
    "03": {"04", "05", "06", "13"},
    "04": {"05", "06", "13"},
    "05": {"06", "13"},
    "06": {"13"},
    "13": {"15", "16"},
    "15": set(),
}


@pytest.mark.parametrize("current", NATIONAL)
def test_handling_moves_as_the_national_table_says(current: str) -> None:
    moves = {new.value for new in Handling if may_handle(Handling(current), new)}
    assert moves == NATIONAL[current]


def test_nothing_yet_may_become_arrived_refused_or_received() -> None:
    assert {new.value for new in Handling if may_handle(None, new)} == {"01", "02", "03"}


@pytest.mark.parametrize("former", ["01", "03", "04", "05", "06"])
def test_a_refused_recall_gives_the_former_state_back(former: str) -> None:
    moves = {new.value for new in Handling if may_handle(Handling.RECALL_REFUSED, new, Handling(former))}
    assert moves == NATIONAL[former]


@pytest.mark.parametrize(
    ("code", "handling"),
    [
        ("01", Handling.ARRIVED),
        ("14", Handling.RECALL_AGREED),
        ("15", Handling.RECALL_AGREED),
        ("99", None),
        ("", None),
    ],
)
def test_codes_are_read_with_their_alias(code: str, handling: Handling | None) -> None:
    assert handling_of(code) is handling


def test_what_is_delivered_or_cancelled_stays() -> None:
    for end in (DeliveryState.DELIVERED, DeliveryState.CANCELLED):
        assert not any(may_move(end, new) for new in DeliveryState)


def test_every_state_can_be_reached_and_left_towards_an_end() -> None:
    reached, waiting = {DeliveryState.PLANNED}, [DeliveryState.PLANNED]
    while waiting:
        at = waiting.pop()
        for new in DeliveryState:
            if may_move(at, new) and new not in reached:
                reached.add(new)
                waiting.append(new)
    assert reached == set(DeliveryState)


def test_moves_that_must_not_be() -> None:
    assert not may_move(DeliveryState.PLANNED, DeliveryState.DELIVERED)
    assert not may_move(DeliveryState.SENT, DeliveryState.SENDING)
    assert may_move(DeliveryState.SENDING, DeliveryState.SENDING)
    assert may_move(DeliveryState.FAILED, DeliveryState.PLANNED)
