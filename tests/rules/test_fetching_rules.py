"""What is fetched next, when somebody is told, and what the header of a fetched mail says of its way."""

from datetime import UTC, date, datetime, timedelta

import pytest

from rules.fetched_envelope import FetchedEnvelope, envelope_of
from rules.fetching import alarm, ends_soon, given_up, missed, next_try, pause, to_take
from rules.values.fetching import Position, SourceHealth

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
PATIENCE = timedelta(minutes=30)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


@pytest.mark.parametrize(
    ("present", "position", "wanted"),
    [
        ([1, 2, 3], Position(7), [1, 2, 3]),
        ([3, 4, 9], Position(7, 3), [4, 9]),
        ([4, 5, 6], Position(7, 3, frozenset({5})), [4, 6]),
        # what failed comes last, when it is due and still there
        ([4, 5, 6], Position(7, 3, frozenset({4}), {4: ago(seconds=1)}), [5, 6, 4]),
        ([4, 5], Position(7, 3, frozenset({4}), {4: NOW + timedelta(seconds=1)}), [5]),
        ([5], Position(7, 3, frozenset({4}), {4: ago(seconds=1)}), [5]),
        ([], Position(7, 3), []),
    ],
)
def test_what_is_taken_next(present: list[int], position: Position, wanted: list[int]) -> None:
    assert to_take(present, position, NOW) == wanted


def test_what_was_missed_lies_below_the_position_and_is_unknown() -> None:
    assert missed([1, 2, 5, 9], [1, 5], Position(7, 5)) == [2]


def test_a_mail_is_given_up_by_its_fault() -> None:
    assert [given_up("no-body", tries) for tries in (1, 2, 3)] == [False, False, True]
    assert given_up("too-large", 1) and not given_up("cut", 9) and given_up("cut", 10)


def test_waits_grow_to_five_minutes() -> None:
    assert next_try(1) == timedelta(seconds=2) and next_try(60) == timedelta(minutes=5)
    first = timedelta(seconds=1)
    assert [pause("cut", n, first).total_seconds() for n in (1, 2, 3, 99)] == [1, 2, 4, 300]
    assert pause("login-refused", 1, first) == timedelta(minutes=5)


@pytest.mark.parametrize(
    ("health", "code"),
    [
        (SourceHealth("a", "INBOX"), ""),  # it was never looked at: the hub has just been started
        (SourceHealth("a", "INBOX", known_since=ago(minutes=29)), ""),
        (SourceHealth("a", "INBOX", known_since=ago(minutes=31)), "silent"),
        (SourceHealth("a", "INBOX", ago(minutes=29), known_since=ago(days=9)), ""),
        (SourceHealth("a", "INBOX", ago(minutes=31)), "silent"),
        (SourceHealth("a", "INBOX", ago(minutes=5), "cut", "", ago(minutes=4)), ""),
        (SourceHealth("a", "INBOX", ago(minutes=50), "cut", "", ago(minutes=31)), "cut"),
        (SourceHealth("a", "INBOX", None, "login-refused", "", ago(seconds=1)), "login-refused"),
        (SourceHealth("a", "INBOX", None, "certificate", "", ago(seconds=1)), "certificate"),
    ],
)
def test_when_somebody_must_be_told(health: SourceHealth, code: str) -> None:
    assert alarm(health, NOW, PATIENCE) == code


def test_a_secret_is_warned_of_a_week_before() -> None:
    today = date(2026, 11, 23)
    said = [ends_soon(day, today) for day in ("", "2026-12-01", "2026-11-30", "2026-11-22")]
    assert said == [False, False, True, True]


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        (b"Return-Path: <a@x.example>\r\nFrom: b@y.example\r\n\r\n", ("a@x.example",)),
        (b"Return-Path: <>\r\nFrom: b@y.example\r\n\r\n", ("",)),
        (b"From: B <b@y.example>\r\n\r\n", ("b@y.example",)),
        (b"From: b@y.example, c@z.example\r\n\r\n", ("",)),
        (b"Return-Path: nonsense\r\nFrom: b@y.example\r\n\r\n", ("b@y.example",)),
        # the server's own line stands on top; the writer's stands below it
        (
            b"Return-Path: <a@x.example>\r\nDelivered-To: q@o.example\r\nReceived: x\r\n"
            b"Return-Path: <minister@gov.example>\r\nDelivered-To: other@o.example\r\n\r\n",
            ("a@x.example", "q@o.example", "other@o.example"),
        ),
        (b"X-Original-To: <q@o.example>\r\n\r\nDelivered-To: body@o.example", ("", "q@o.example")),
        (b"Delivered-To: a@b@c, \x00\r\n\r\n", ("",)),
        (b"\xff\xfe\x00" * 300, ("",)),
        (b"", ("",)),
    ],
)
def test_the_envelope_of_a_fetched_mail(head: bytes, wanted: tuple[str, ...]) -> None:
    assert envelope_of(head) == FetchedEnvelope(wanted[0], wanted[1:])
