"""PROMISES S2: TLS and passwords at the SMTP door."""

import base64
import contextlib
import ssl
from collections.abc import Iterator

import pytest

from connectors.sources.smtp import SmtpSource
from connectors.sources.smtp_settings import SmtpLimits, SmtpSettings
from rules.vocabulary import SenderVerdict
from tests.connectors.sources.open_door import CLERK, DOMAIN, INTAKE, OpenDoor, Wire, serving

MAIL = f"From: {CLERK}\r\n\r\nb".encode()


@pytest.fixture
def secure(door: OpenDoor, tls_context: ssl.SSLContext) -> Iterator[SmtpSource]:
    with serving(door, SmtpSettings(port=0, tls=tls_context, stop_seconds=1)) as source:
        yield source


def plain(password: str, user: str = CLERK) -> str:
    return "AUTH PLAIN " + base64.b64encode(f"\0{user}\0{password}".encode()).decode()


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def upgraded(wire: Wire) -> None:
    """Go on over TLS on the same connection; the certificate is the test's own."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    wire._file.close()
    wire.socket = wrapped = context.wrap_socket(wire.socket, do_handshake_on_connect=False)
    wrapped.do_handshake()
    wire._file = wire.socket.makefile("rb")


def starttls(wire: Wire) -> None:
    assert wire.say("STARTTLS").startswith("220")
    upgraded(wire)
    assert wire.say("EHLO client.example").startswith("250")


def offers(wire: Wire) -> set[str]:
    wire.send(b"EHLO client.example\r\n")
    found = set()
    while True:
        line = wire._file.readline().decode()
        found.add(line[4:].strip())
        if line[3] == " ":
            return found


def test_what_is_offered_before_and_after(secure: SmtpSource) -> None:
    with Wire(secure.port) as wire:
        before = offers(wire)
        starttls(wire)
        after = offers(wire)
    assert "STARTTLS" in before and "AUTH PLAIN LOGIN" not in before
    assert "STARTTLS" not in after and "AUTH PLAIN LOGIN" in after
    assert {"PIPELINING", "8BITMIME", "SMTPUTF8", f"SIZE {50 << 20}"} <= before & after


def test_no_password_in_clear(secure: SmtpSource, door: OpenDoor) -> None:
    with Wire(secure.port) as wire:
        assert wire.say(plain("right")).startswith("538 5.7.11")
        assert wire.say("AUTH LOGIN").startswith("538 5.7.11")
        assert wire.say(f"MAIL FROM:<{CLERK}>").startswith("530 5.7.0")
    assert door.logins == 0


def test_plain_and_login(secure: SmtpSource, door: OpenDoor) -> None:
    with Wire(secure.port) as wire:
        starttls(wire)
        assert wire.say(plain("right")).startswith("235")
        assert wire.say(plain("right")).startswith("503")
        assert wire.mail(MAIL, CLERK).startswith("250")
        assert wire.mail(MAIL, f"Vanthu@{DOMAIN}").startswith("250")
    with Wire(secure.port) as wire:
        starttls(wire)
        assert wire.say("AUTH LOGIN") == "334 " + b64("Username:")
        assert wire.say(b64(CLERK)) == "334 " + b64("Password:")
        assert wire.say(b64("right")).startswith("235")
        assert wire.mail(MAIL, CLERK).startswith("250")
    for parcel in door.parcels:
        assert (parcel.envelope.person, parcel.envelope.verdict) == (CLERK, SenderVerdict.AUTHENTICATED)
        assert parcel.envelope.tls
    assert len(door.parcels) == 3


def test_only_own_addresses(secure: SmtpSource) -> None:
    with Wire(secure.port) as wire:
        starttls(wire)
        assert wire.say(plain("right")).startswith("235")
        assert wire.say(f"MAIL FROM:<leader@{DOMAIN}>").startswith("553 5.7.1")
        assert wire.say("MAIL FROM:<a@example.org>").startswith("553 5.7.1")
        assert wire.say("MAIL FROM:<>").startswith("250")


@pytest.mark.parametrize(
    ("lines", "last"),
    [
        (["AUTH PLAIN ***"], "501"),
        (["AUTH PLAIN", "*"], "501"),
        (["AUTH PLAIN " + b64("no zeros")], "501"),
        (["AUTH PLAIN ="], "501"),
        (["AUTH LOGIN", "*"], "501"),
        (["AUTH LOGIN " + b64(CLERK), "%%%"], "501"),
        (["AUTH CRAM-MD5"], "504"),
        (["AUTH"], "504"),
        ([plain("wrong")], "535 5.7.8"),
        ([plain("x" * 5000)], "535 5.7.8"),
        (["AUTH PLAIN " + base64.b64encode(b"\0\xff\0\xff").decode()], "535 5.7.8"),
    ],
)
def test_bad_answers(secure: SmtpSource, door: OpenDoor, lines: list[str], last: str) -> None:
    with Wire(secure.port) as wire:
        starttls(wire)
        for line in lines[:-1]:
            assert wire.say(line).startswith("334")
        assert wire.say(lines[-1]).startswith(last)
        assert wire.say(f"MAIL FROM:<{CLERK}>").startswith("530")
    assert door.parcels == []


def test_three_wrong_passwords_end_the_session(secure: SmtpSource) -> None:
    with Wire(secure.port) as wire:
        starttls(wire)
        assert [wire.say(plain("wrong"))[:3] for _ in range(3)] == ["535", "535", "421"]
        assert wire.reply() == ""


INJECTED = f"EHLO evil\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<{INTAKE}>\r\n".encode()


def test_commands_behind_starttls_are_never_run(secure: SmtpSource, door: OpenDoor) -> None:
    """CVE-2024-34083: what came in clear behind STARTTLS is not part of the session."""
    with Wire(secure.port) as wire:
        wire.send(b"STARTTLS\r\n" + INJECTED)
        assert wire.reply().startswith("220")
        upgraded(wire)
        wire.send(b"DATA\r\n")
        assert wire.reply().startswith("503")
        assert wire.say("MAIL FROM:<a@example.org>").startswith("503")  # not even EHLO was taken
    assert door.parcels == []


def test_nor_when_there_are_very_many(secure: SmtpSource) -> None:
    """So many that some come after the switch: they are no handshake."""
    with Wire(secure.port) as wire:
        wire.send(b"STARTTLS\r\n" + INJECTED + b"NOOP\r\n" * 70_000)
        wire.socket.settimeout(2)
        answer = b""
        with contextlib.suppress(OSError):  # reset or silence: either way nobody speaks to us
            while chunk := wire.socket.recv(65536):
                answer += chunk
    assert answer.startswith(b"220") and b"250" not in answer and b"500" not in answer


def test_a_failed_handshake_gives_the_place_free(door: OpenDoor, tls_context: ssl.SSLContext) -> None:
    settings = SmtpSettings(
        port=0, tls=tls_context, stop_seconds=1, limits=SmtpLimits(connections=1, connections_per_ip=1)
    )
    with serving(door, settings) as source:
        for _ in range(5):
            with Wire(source.port) as wire:
                assert wire.say("STARTTLS").startswith("220")
                wire.send(b"this is no handshake\r\n" * 20)
                assert b"500" not in wire.socket.recv(1000)


def test_implicit_tls(door: OpenDoor, tls_context: ssl.SSLContext) -> None:
    settings = SmtpSettings(port=0, tls=tls_context, implicit_tls=True, stop_seconds=1)
    with serving(door, settings) as source, Wire(source.port, greet=False) as wire:
        upgraded(wire)
        assert wire.reply().startswith("220")
        assert "AUTH PLAIN LOGIN" in offers(wire)
        assert wire.say(plain("right")).startswith("235")
        assert wire.mail(MAIL + b"\r\n" + b"x" * 300_000, CLERK).startswith("250")
    assert door.parcels[0].envelope.tls


def test_in_clear_from_loopback_only_when_the_settings_say_so(door: OpenDoor) -> None:
    settings = SmtpSettings(port=0, auth_requires_tls=False, stop_seconds=1)
    with serving(door, settings) as source, Wire(source.port) as wire:
        assert wire.say(plain("right")).startswith("235")
        assert wire.mail(MAIL, CLERK).startswith("250")
