"""What the SMTP door takes, refuses, and answers when something is wrong on our side."""

import hashlib
import logging
import os
import random
import smtplib
import threading
import time
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.sources.smtp import SmtpSource
from connectors.sources.smtp_commands import mail_command, rcpt_command
from connectors.sources.smtp_settings import SmtpLimits, SmtpSettings
from rules.values.arrival import Busy
from rules.vocabulary import SenderVerdict
from tests.connectors.sources.open_door import CLERK, DOMAIN, INTAKE, OpenDoor, Wire, serving

TRUSTING = SmtpSettings(port=0, trusted_networks=("127.0.0.0/8",), stop_seconds=1)


def test_a_mail_with_its_envelope(server: SmtpSource, door: OpenDoor) -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"] = "Công văn số 5", "a@example.org"
    mail.set_content("Kính gửi:\n.\n..\n")
    with smtplib.SMTP("127.0.0.1", server.port, local_hostname="client.example") as client:
        refused = client.sendmail(
            "a@example.org", [INTAKE, f"b@{DOMAIN}", INTAKE], mail.as_bytes(policy=SMTP_POLICY)
        )
        assert refused == {}
    [parcel] = door.parcels
    assert parcel.envelope.recipients == (INTAKE, f"b@{DOMAIN}")
    assert (parcel.envelope.mail_from, parcel.envelope.helo) == ("a@example.org", "client.example")
    assert (parcel.envelope.peer, parcel.envelope.person, parcel.envelope.tls) == ("127.0.0.1", None, False)
    assert parcel.envelope.verdict is SenderVerdict.UNVERIFIED
    assert door.contents() == [mail.as_bytes(policy=SMTP_POLICY)]


def test_the_reply_names_the_parcel(server: SmtpSource, door: OpenDoor) -> None:
    with Wire(server.port) as wire:
        reply = wire.mail(b"Subject: a\r\n\r\nb")
    assert reply == f"250 2.0.0 {door.parcels[0].id} accepted"


def test_everything_in_two_packets(server: SmtpSource, door: OpenDoor) -> None:
    """PIPELINING, and commands right behind the end of the data."""
    with Wire(server.port) as wire:
        wire.send(
            f"MAIL FROM:<a@example.org>\r\nRCPT TO:<{INTAKE}>\r\nRCPT TO:<x@y.example>\r\nDATA\r\n".encode()
        )
        assert [wire.reply()[:3] for _ in range(4)] == ["250", "250", "550", "354"]
        wire.send(b"Subject: a\r\n\r\nb\r\n.\r\nMAIL FROM:<>\r\nRSET\r\nQUIT\r\nNOOP\r\n")
        assert [wire.reply()[:3] for _ in range(4)] == ["250", "250", "250", "221"]
        assert wire.reply() in ("", "250 2.0.0 OK")
    assert len(door.parcels) == 1


def test_many_mails_at_once_each_once(server: SmtpSource, door: OpenDoor) -> None:
    """Eight sessions, small and staged mails mixed; every content arrives as it was sent."""
    sent: set[str] = set()

    def session(seed: int) -> None:
        source = random.Random(seed)
        with Wire(server.port) as wire:
            for number in range(12):
                size = source.choice((10, 3000, 90_000, 400_000))
                body = f"Subject: {seed}.{number}\r\n\r\n".encode() + b"0123456789\r\n" * (size // 12)
                sent.add(hashlib.sha256(body + b"\r\n").hexdigest())
                assert wire.mail(body).startswith("250")

    threads = [threading.Thread(target=session, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {parcel.sha256 for parcel in door.parcels} == sent
    assert len(door.parcels) == len(sent) == 96
    assert {hashlib.sha256(content).hexdigest() for content in door.contents()} == sent


def test_a_client_that_leaves_in_the_middle_leaves_nothing(server: SmtpSource, door: OpenDoor) -> None:
    with Wire(server.port) as wire:
        wire.begin()
        wire.send(b"x" * 500_000)
        time.sleep(0.2)
        assert list(door.spool.root.glob("*.part"))
    until = time.monotonic() + 5
    while list(door.spool.root.glob("*.part")) and time.monotonic() < until:
        time.sleep(0.02)
    assert not list(door.spool.root.glob("*.part"))
    assert door.parcels == []


def test_order_of_commands(server: SmtpSource) -> None:
    with Wire(server.port, greet=False) as wire:
        assert wire.reply().startswith("220")
        assert wire.say("MAIL FROM:<a@example.org>").startswith("503")
        assert wire.say("EHLO bad name").startswith("501")
        assert wire.say("HELO x").startswith("250")
        assert wire.say(f"RCPT TO:<{INTAKE}>").startswith("503")
        assert wire.say("DATA").startswith("503")
        assert wire.say("MAIL FROM:<a@example.org>").startswith("250")
        assert wire.say("MAIL FROM:<a@example.org>").startswith("503")
        assert wire.say("DATA").startswith("503")
        assert wire.say("STARTTLS").startswith("454")


@pytest.mark.parametrize(
    ("argument", "reply"),
    [
        ("FROM:<a@example.org> BODY=8BITMIME SMTPUTF8 SIZE=10", "250"),
        ("FROM: <a@example.org>", "250"),
        ("FROM:a@example.org", "250"),
        ("from:<>", "250"),
        ("FROM:<@relay.example,@b.example:a@example.org> AUTH=<>", "250"),
        ('FROM:<"a b"@example.org>', "250"),
        ("FROM:<a@[192.0.2.1]>", "250"),
        ("FROM:<đơn@example.org> SMTPUTF8", "250"),
        ("FROM:<đơn@example.org>", "553 5.6.7"),
        ("FROM:<a>", "553 5.1.3"),
        ("FROM:<a@b@c>", "553 5.1.3"),
        ("FROM:<a@b.example", "553 5.1.3"),
        ("FROM:<a\x00@example.org>", "553 5.1.3"),
        ("FROM:<a@example.org> RET=HDRS", "555 5.5.4"),
        ("FROM:<a@example.org> SIZE=x", "501 5.5.4"),
        ("FROM:<a@example.org> SIZE=1 SIZE=2", "501 5.5.4"),
        ("FROM:<a@example.org>SIZE=1", "501 5.5.4"),
        ("TO:<a@example.org>", "501 5.5.4"),
        (f"FROM:<{CLERK}>", "530 5.7.0"),
    ],
)
def test_mail_from(server: SmtpSource, argument: str, reply: str) -> None:
    with Wire(server.port) as wire:
        assert wire.say("MAIL " + argument).startswith(reply)


def test_an_exception_is_temporary_and_silent(
    server: SmtpSource, door: OpenDoor, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.CRITICAL), Wire(server.port) as wire:
        assert wire.say("MAIL FROM:<a@fault.example>") == "451 4.3.0 A fault on our side, try again later"
        door.fault = RuntimeError("the secret inside")
        assert wire.mail(b"Subject: a\r\n\r\nb") == "451 4.3.0 A fault on our side, try again later"
        assert (
            wire.mail(b"Subject: a\r\n\r\n" + b"x" * 500_000)
            == "451 4.3.0 A fault on our side, try again later"
        )
        door.fault = None
        assert wire.mail(b"Subject: a\r\n\r\nb").startswith("250")
    assert len(door.parcels) == 1


@pytest.mark.parametrize(
    ("busy", "reply"),
    [
        (Busy("the disk is nearly full", full=True), "452 4.3.1 the disk is nearly full"),
        (Busy("I/O\r\n250 fake"), "451 4.3.0 I/O??250 fake"),
    ],
)
def test_busy_gives_its_reason_on_one_line(
    server: SmtpSource, door: OpenDoor, busy: Busy, reply: str
) -> None:
    door.busy = busy
    with Wire(server.port) as wire:
        assert wire.mail(b"Subject: a\r\n\r\nb") == reply
        assert wire.say("NOOP").startswith("250")


def test_from_header_of_ours_needs_proof(server: SmtpSource, door: OpenDoor) -> None:
    with Wire(server.port) as wire:
        for claimed in (CLERK, f"Clerk <{CLERK.upper()}>", f"x@y.example, {CLERK}", f'"a b"@{DOMAIN}'):
            assert wire.mail(f"From: {claimed}\r\n\r\nb".encode()).startswith("550 5.7.1")
        twice = f"From: x@y.example\r\nfrom : {CLERK}\r\n\r\nb".encode()
        assert wire.mail(twice).startswith("550 5.7.1")
        assert wire.mail(f'From: "{CLERK}" <x@y.example>\r\n\r\nb'.encode()).startswith("250")
        assert wire.mail(f"From: x@y.example\r\n\r\nFrom: {CLERK}".encode()).startswith("250")
    assert len(door.parcels) == 2


def test_trusted_networks_are_whom_mail_from_names(door: OpenDoor) -> None:
    with serving(door, TRUSTING) as source, Wire(source.port) as wire:
        assert wire.mail(f"From: {CLERK}\r\n\r\nb".encode(), CLERK).startswith("250")
        assert wire.mail(f"From: {CLERK}\r\n\r\nb".encode(), "a@example.org").startswith("250")
    first, second = (parcel.envelope for parcel in door.parcels)
    assert (first.verdict, first.person) == (SenderVerdict.AUTHENTICATED, CLERK)
    assert (second.verdict, second.person) == (SenderVerdict.UNVERIFIED, None)


def test_stop_lets_a_running_data_end(door: OpenDoor) -> None:
    with TwoClients(door) as (wire, idle, stop):
        wire.begin()
        wire.send(b"Subject: a\r\n\r\n")
        time.sleep(0.1)
        stop.set()
        assert idle.reply().startswith("421 4.3.2")
        time.sleep(0.2)
        wire.send(b"b\r\n.\r\n")
        assert wire.reply().startswith("250 2.0.0")
        assert wire.reply().startswith("421 4.3.2")
        assert wire.reply() == ""
    assert len(door.parcels) == 1


def test_stop_does_not_wait_for_ever(door: OpenDoor) -> None:
    begun = time.monotonic()
    with TwoClients(door) as (wire, _idle, stop):
        wire.begin()
        stop.set()
        assert wire.reply().startswith("421 4.3.2")
    assert time.monotonic() - begun < 5


class TwoClients:
    """Two clients and a server that the test stops itself."""

    def __init__(self, door: OpenDoor) -> None:
        settings = SmtpSettings(port=0, stop_seconds=1)
        self._source = SmtpSource(settings, lambda: datetime.now(UTC))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._source.run, args=(door, self._stop))

    def __enter__(self) -> tuple[Wire, Wire, threading.Event]:
        self._thread.start()
        assert self._source.ready.wait(10)
        self._wires = (Wire(self._source.port), Wire(self._source.port))
        return (*self._wires, self._stop)

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join(20)
        for wire in self._wires:
            wire.close()
        assert not self._thread.is_alive()


def test_a_wrong_network_is_said_at_once() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.300"):
        SmtpSource(SmtpSettings(trusted_networks=("10.0.0.300/8",)), lambda: None)  # type: ignore[arg-type,return-value]


@given(st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_argument_gives_a_value_or_one_line(text: str) -> None:
    for keyword, parse in (("FROM:", mail_command), ("TO:", lambda arg: rcpt_command(arg, utf8=True))):
        taken = parse(keyword + text)
        if isinstance(taken, str):
            assert taken[:3] in ("501", "553", "555")
        else:
            address = taken[0] if isinstance(taken, tuple) else taken.address
            assert address.isprintable()


@given(st.lists(st.binary(max_size=60), max_size=10))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_noise_does_not_hurt_the_next_session(server: SmtpSource, chunks: list[bytes]) -> None:
    with Wire(server.port) as noisy:
        noisy.send(b"".join(chunks) + b"\r\n")
    with Wire(server.port) as wire:
        assert wire.say("NOOP").startswith("250")


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="resident size is read from /proc")
def test_thirty_two_large_mails_at_once_stay_small(door: OpenDoor) -> None:
    """None of the 160 MB that stand half sent lies in memory."""
    limits = SmtpLimits(connections_per_ip=40)
    with serving(door, SmtpSettings(port=0, limits=limits, stop_seconds=1)) as source:
        before = resident()
        wires = [Wire(source.port) for _ in range(32)]
        chunk = b"x" * 998 + b"\r\n"
        for wire in wires:
            wire.begin()
            wire.send(b"Subject: large\r\n\r\n" + chunk * 5000)
        time.sleep(0.3)
        grown = resident() - before
        for wire in wires:
            wire.send(b".\r\n")
        assert all(wire.reply().startswith("250") for wire in wires)
        for wire in wires:
            wire.close()
    assert grown < 100 << 20
    assert {parcel.size for parcel in door.parcels} == {5_000_018}


def resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_a_full_disk_is_said_and_passes(server: SmtpSource, door: OpenDoor) -> None:
    """R6: 452 with the reason for small mails and staged ones, nothing kept; then it goes on by itself."""
    small, large = b"Subject: a\r\n\r\nb", b"Subject: a\r\n\r\n" + b"x" * 500_000
    share, door.spool._disk._reserve_share = door.spool._disk._reserve_share, 1.1
    with Wire(server.port) as wire:
        for _ in range(3):
            assert wire.mail(small).startswith("452 4.3.1 the disk is nearly full: ")
            assert wire.mail(large) == "452 4.3.1 Cannot store the mail now, try again later"
        door.spool._disk._reserve_share = share
        time.sleep(0.2)
        assert wire.mail(small).startswith("250")
        assert wire.mail(large).startswith("250")
    assert [parcel.size for parcel in door.parcels] == [len(small) + 2, len(large) + 2]
    assert not list(door.spool.root.glob("*.part"))
