"""PROMISES S3: every limit of the SMTP door with its reply."""

import contextlib
import time
from dataclasses import replace

import pytest

from connectors.sources.smtp import SmtpSource
from connectors.sources.smtp_settings import SmtpLimits, SmtpSettings
from tests.connectors.sources.open_door import INTAKE, OpenDoor, Wire, serving

LIMITS = SmtpLimits(message_bytes=100_000)
HEAD = b"Subject: a\r\n\r\n"
MAIL = HEAD + b"b"


def settings(limits: SmtpLimits, *trusted: str) -> SmtpSettings:
    return SmtpSettings(port=0, limits=limits, trusted_networks=trusted, stage_above=16 << 10, stop_seconds=1)


def test_the_defaults_are_those_of_the_promise() -> None:
    limits = SmtpLimits()
    assert (limits.recipients, limits.message_bytes, limits.hops) == (100, 50 << 20, 25)
    assert (limits.connections_per_ip, limits.connections) == (10, 100)
    assert (limits.errors, limits.junk_commands) == (20, 100)
    assert (limits.data_seconds, limits.data_floor) == (600, 500)
    assert (limits.header_bytes, limits.header_lines, limits.one_header_bytes) == (64 << 10, 1000, 16 << 10)


def test_recipients(door: OpenDoor) -> None:
    with serving(door, settings(replace(LIMITS, recipients=3))) as source, Wire(source.port) as wire:
        wire.say("MAIL FROM:<a@example.org>")
        replies = [wire.say(f"RCPT TO:<{number}.{INTAKE}>")[:9] for number in range(5)]
        assert replies == ["250 2.1.5"] * 3 + ["452 4.5.3"] * 2
        wire.say("DATA")
        assert wire.say(MAIL.decode() + "\r\n.").startswith("250")
    assert len(door.parcels[0].envelope.recipients) == 3


def test_size_announced_and_told_and_sent(door: OpenDoor) -> None:
    with serving(door, settings(LIMITS)) as source, Wire(source.port) as wire:
        wire.send(b"EHLO x\r\n")
        assert b"250-SIZE 100000\r\n" in b"".join(iter(wire._file.readline, b"250 ENHANCEDSTATUSCODES\r\n"))
        assert wire.say("MAIL FROM:<a@example.org> SIZE=100001").startswith("552 5.3.4")
        assert wire.mail(HEAD + b"X" * 100_001).startswith("552 5.3.4")
        assert wire.mail(HEAD + b"X" * 300_000).startswith("552 5.3.4")
        assert wire.mail(HEAD + b"X" * (99_998 - len(HEAD))).startswith("250 2.0.0")
    assert [parcel.size for parcel in door.parcels] == [100_000]
    assert not list(door.spool.root.glob("*.part"))


def test_connections_per_address(door: OpenDoor) -> None:
    with serving(door, settings(replace(LIMITS, connections_per_ip=2))) as source:
        with Wire(source.port), Wire(source.port), Wire(source.port, greet=False) as third:
            assert third.reply().startswith("421 4.7.0")
            assert third.reply() == ""
        wait_until_left(source)


def wait_until_left(source: SmtpSource) -> None:
    """A connection that was closed makes room for the next."""
    for _ in range(100):
        with Wire(source.port, greet=False) as wire:
            if wire.reply().startswith("220"):
                return
        time.sleep(0.02)
    pytest.fail("a closed connection still counts")


def test_connections_in_all_even_from_trusted_networks(door: OpenDoor) -> None:
    limits = replace(LIMITS, connections_per_ip=1, connections=3)
    with (
        serving(door, settings(limits, "127.0.0.0/8")) as source,
        Wire(source.port),
        Wire(source.port),
        Wire(source.port),
        Wire(source.port, greet=False) as fourth,
    ):
        assert fourth.reply().startswith("421 4.3.2")


def test_errors(door: OpenDoor) -> None:
    with serving(door, settings(LIMITS)) as source, Wire(source.port) as wire:
        wire.say("MAIL FROM:<a@example.org>")
        replies = [wire.say("RCPT TO:<a@elsewhere.example>")[:9] for _ in range(21)]
        assert replies == ["550 5.7.1"] * 20 + ["421 4.7.0"]
        assert wire.reply() == ""


def test_junk_commands_between_mails(door: OpenDoor) -> None:
    with serving(door, settings(LIMITS)) as source, Wire(source.port) as wire:
        for _ in range(2):
            assert all(wire.say("NOOP").startswith("250") for _ in range(99))
            assert wire.mail(MAIL).startswith("250")
        replies = [wire.say(command)[:3] for command in ("RSET", "NOOP", "VRFY x", "HELP") * 25]
        assert "421" not in replies
        assert wire.say("EHLO again").startswith("421 4.7.0")


def test_unknown_commands_end_the_session(door: OpenDoor) -> None:
    with serving(door, settings(LIMITS)) as source, Wire(source.port) as wire:
        replies = [wire.say("FROB")[:3] for _ in range(5)]
        assert replies == ["500"] * 4 + ["502"]
        assert wire.reply() == ""


def test_a_browser_is_sent_away_at_once(door: OpenDoor) -> None:
    with serving(door, settings(LIMITS)) as source, Wire(source.port, greet=False) as wire:
        wire.reply()
        wire.send(b"POST / HTTP/1.1\r\nHost: x\r\n\r\nMAIL FROM:<a@example.org>\r\n")
        assert wire.reply().startswith("421")
        assert wire.reply() == ""


@pytest.mark.parametrize("length", [2050, 70_000, 300_000])
def test_long_command_lines(door: OpenDoor, length: int) -> None:
    with serving(door, settings(LIMITS)) as source, Wire(source.port) as wire:
        assert wire.say("MAIL FROM:<" + "a" * length + ">").startswith("500")
        assert wire.say("NOOP").startswith("250")


def test_long_lines_in_data_are_taken(door: OpenDoor) -> None:
    with serving(door, settings(LIMITS)) as source, Wire(source.port) as wire:
        assert wire.mail(b"Subject: a\r\n\r\n" + b"x" * 90_000).startswith("250")


def test_time_of_one_data(door: OpenDoor) -> None:
    limits = replace(LIMITS, data_seconds=0.4, data_grace=0.2, data_floor=10)
    with serving(door, settings(limits)) as source, Wire(source.port) as wire:
        wire.begin()
        begun = time.monotonic()
        for _ in range(7):
            wire.send(b"x" * 70 + b"\r\n")  # seven seconds' worth by the floor
            time.sleep(0.05)
        assert wire.reply().startswith("421 4.4.2")
        assert 0.3 < time.monotonic() - begun < 2
    assert door.parcels == []


def test_slow_data_ends_at_the_floor_and_steady_data_does_not(door: OpenDoor) -> None:
    limits = replace(LIMITS, data_grace=0.3, data_floor=500)
    with serving(door, settings(limits)) as source:
        with Wire(source.port) as slow:
            slow.begin()
            assert slow.reply().startswith("421 4.4.2")
        with Wire(source.port) as steady:
            steady.begin()
            for _ in range(8):
                steady.send(b"x" * 98 + b"\r\n")
                time.sleep(0.1)
            steady.send(b".\r\n")
            assert steady.reply().startswith("250")


def test_idle_sessions_end(door: OpenDoor) -> None:
    with serving(door, settings(replace(LIMITS, command_seconds=0.3))) as source, Wire(source.port) as wire:
        assert wire.reply().startswith("421 4.4.2")
        assert wire.reply() == ""


def test_hops(door: OpenDoor) -> None:
    with serving(door, settings(LIMITS)) as source, Wire(source.port) as wire:
        assert wire.mail(b"Received: x\r\n" * 26 + MAIL).startswith("554 5.4.6")
        assert wire.mail(b"Received: x\r\n" * 25 + MAIL).startswith("250")


@pytest.mark.parametrize(
    "header", [b"X-A: " + b"b" * (17 << 10), b"X: y\r\n" * 1001, (b"X: " + b"y" * 8000 + b"\r\n") * 9]
)
@pytest.mark.parametrize("body", [10, 60_000])
def test_headers(door: OpenDoor, header: bytes, body: int) -> None:
    """In memory and staged alike; and nothing stays on the disk."""
    with serving(door, settings(replace(LIMITS, message_bytes=1 << 20))) as source, Wire(source.port) as wire:
        assert wire.mail(header + b"\r\n\r\n" + b"x" * body).startswith("552 5.3.4")
        assert wire.mail(MAIL).startswith("250")
    assert len(door.parcels) == 1
    assert not list(door.spool.root.glob("*.part"))


def test_a_client_that_never_reads_keeps_no_place(door: OpenDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its replies fill every buffer; the time runs out, and the connection goes although nothing drains."""
    monkeypatch.setattr("connectors.sources.smtp_conversation._LAST_WORD_SECONDS", 0.3)
    limits = replace(LIMITS, command_seconds=0.5, junk_commands=10**9, connections=1)
    with serving(door, settings(limits)) as source, Wire(source.port) as deaf:
        deaf.socket.settimeout(0.5)
        with contextlib.suppress(OSError):  # full, then reset
            while True:
                deaf.send(b"EHLO client.example\r\n" * 1000)
        until = time.monotonic() + 5
        while time.monotonic() < until:
            with Wire(source.port, greet=False) as wire:
                if wire.reply().startswith("220"):
                    return
            time.sleep(0.05)
    pytest.fail("the deaf client still holds its place")
