"""A subject that bears a secrecy mark is refused at DATA, whoever sends it, and nothing is kept (S17)."""

import base64
import os

import pytest

from connectors.sources.smtp import SmtpSource
from connectors.sources.smtp_settings import SmtpSettings
from tests.connectors.sources.open_door import CLERK, OpenDoor, Wire, serving
from tests.rules.secrecy_samples import BENIGN, MARKED

TRUSTING = SmtpSettings(port=0, trusted_networks=("127.0.0.0/8",), stop_seconds=1, stage_above=64 << 10)


def word(text: str, charset: str = "utf-8") -> bytes:
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?=".encode()


def cut(text: str) -> bytes:
    """Two encoded words cut inside a letter, as some mailers do."""
    raw = text.encode()
    halves = (raw[:3], raw[3:])
    return b" ".join(b"=?UTF-8?B?" + base64.b64encode(half) + b"?=" for half in halves)


@pytest.mark.parametrize(
    "subject",
    [
        word("[MẬT] V/v diễn tập"),
        "[MẬT] V/v diễn tập".encode(),
        cut("MẬT: kế hoạch"),
        word("[MÂ\u0323T] 12", "cp1258"),
        b"[MAT] Ke hoach",
        "TOÁI MAÄT: keá hoaïch".encode("latin-1"),
        word("TèI MËT: kÕ ho¹ch"),
        b"=?utf-8?Q?Re:_TUY=E1=BB=86T_M=E1=BA=ACT_-_b=C3=A1o_c=C3=A1o?=",
        b"\r\n =?utf-8?Q?[M=E1=BA=ACT]?=\r\n =?utf-8?Q?_abc?=",
    ],
)
def test_a_marked_subject_is_refused(server: SmtpSource, door: OpenDoor, subject: bytes) -> None:
    with Wire(server.port) as wire:
        reply = wire.mail(b"Subject: " + subject + b"\r\n\r\nabc")
        assert reply.startswith("554 5.7.1 ") and "secrecy" in reply
        assert wire.mail(b"Subject: binh thuong\r\n\r\nabc").startswith("250 ")
    assert len(door.parcels) == 1


def test_also_from_a_trusted_network_and_nothing_large_reaches_the_disk(door: OpenDoor) -> None:
    large = os.urandom(300_000).hex().encode()
    with serving(door, TRUSTING) as source, Wire(source.port) as wire:
        body = b"Subject: [MAT] x\r\nFrom: " + CLERK.encode() + b"\r\n\r\n" + large
        assert wire.mail(body, sender=CLERK).startswith("554 ")
    assert door.parcels == [] and list(door.spool.root.glob("*.part")) == []


def test_the_samples_at_the_door(server: SmtpSource, door: OpenDoor) -> None:
    secret = [text for what, text, _level in MARKED if what == "subject"]
    harmless = [text for what, text in BENIGN if what == "subject"]
    with Wire(server.port) as wire:

        def answer(text: str) -> str:
            return wire.mail(b"Subject: " + word(text) + b"\r\n\r\nx")[:3]

        taken = [text for text in secret if answer(text) != "554"]
        refused = [text for text in harmless if answer(text) != "250"]
    assert taken == [] and len(refused) * 50 <= len(harmless), (taken, refused)
