"""PROMISES S1, inbound: nothing but CRLF.CRLF ends a mail, however the bytes are cut."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sources.smtp import SmtpSource
from connectors.sources.smtp_data import DataDecoder
from tests.connectors.sources.open_door import INTAKE, OpenDoor, Wire

SECOND = (
    f"MAIL FROM:<evil@example.org>\r\nRCPT TO:<{INTAKE}>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n.\r\n"
).encode()
FIRST = b"Subject: first\r\n\r\nbody"
BARE = [
    b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r.\r\n", b"\n.\r", b"\r.\n", b"\r\r\n.\r\r\n",
    b"\n\r.\r\n", b"\r\n\r.\r\n", b"\r\n.\n\r", b"\r\n.\r\r\n", b"\0\n.\n", b"\n\0.\r\n", b"\r\n.\0\n",
]  # fmt: skip
WITH_NUL = [b"\r\n\0.\r\n", b"\r\n.\0\r\n", b"\r\0\n.\r\n", b"\r\n\0.\0\r\n"]


def decoded(*chunks: bytes) -> DataDecoder:
    decoder = DataDecoder()
    content = b"".join(decoder.feed(chunk) for chunk in chunks)
    decoder.feed(b"")
    assert len(content) <= sum(map(len, chunks))
    return decoder


@pytest.mark.parametrize("ending", BARE + WITH_NUL)
def test_no_split_makes_an_end_of_it(ending: bytes) -> None:
    """Every cut into two, and every byte alone."""
    payload = FIRST + ending + SECOND
    cuts = [(payload[:at], payload[at:]) for at in range(len(payload) + 1)]
    for chunks in [*cuts, tuple(bytes([byte]) for byte in payload)]:
        decoder = decoded(*chunks)
        assert decoder.rest == b""  # the only end is the last one
        assert decoder.bare or ending in WITH_NUL


@pytest.mark.parametrize("ending", BARE)
def test_bare_line_ends_on_the_wire(ending: bytes, server: SmtpSource, door: OpenDoor) -> None:
    """554, nothing kept, no second mail; and the session goes on."""
    payload = FIRST + ending + SECOND
    with Wire(server.port) as wire:
        for at in range(len(FIRST), len(FIRST) + len(ending) + 1):
            wire.begin()
            wire.drip(payload[:at], payload[at:])
            assert wire.reply().startswith("554 5.6.0")
            assert wire.say("NOOP").startswith("250")
    assert door.parcels == []


@pytest.mark.parametrize("ending", WITH_NUL[:2] + WITH_NUL[3:])
def test_nul_beside_the_dot_is_one_mail(ending: bytes, server: SmtpSource, door: OpenDoor) -> None:
    with Wire(server.port) as wire:
        wire.begin()
        wire.drip(*(bytes([byte]) for byte in FIRST + ending + SECOND))
        assert wire.reply().startswith("250 2.0.0")
        assert wire.say("NOOP").startswith("250")
    [content] = door.contents()
    assert b"smuggled" in content


def test_every_byte_alone(server: SmtpSource, door: OpenDoor) -> None:
    mail = b"Subject: dots\r\n\r\n..two\r\n.one\r\n...\r\nend"
    with Wire(server.port) as wire:
        wire.begin()
        wire.drip(*(bytes([byte]) for byte in mail + b"\r\n.\r\nNOOP\r\n"))
        assert wire.reply().startswith("250 2.0.0")
        assert wire.reply().startswith("250")
    assert door.contents() == [b"Subject: dots\r\n\r\n.two\r\none\r\n..\r\nend\r\n"]


LINE = st.binary(max_size=30).map(lambda raw: raw.replace(b"\r", b"").replace(b"\n", b""))


@given(st.lists(LINE | st.sampled_from([b"", b".", b"..", b".a"]), max_size=12), st.data())
@settings(max_examples=200, deadline=None)
def test_any_lines_come_back_as_they_were(lines: list[bytes], data: st.DataObject) -> None:
    """Stuffed as RFC 5321 4.5.2 says, cut anywhere, ended, followed by anything."""
    wanted = b"".join(line + b"\r\n" for line in lines)
    stuffed = b"".join((b"." + line if line.startswith(b".") else line) + b"\r\n" for line in lines)
    after = data.draw(st.binary(max_size=8))
    wire = stuffed + b".\r\n" + after
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=5)))
    decoder, content, rest = DataDecoder(), b"", b""
    for start, end in zip([0, *cuts], [*cuts, len(wire)], strict=True):
        if decoder.ended:
            rest += wire[start:end]
        else:
            content += decoder.feed(wire[start:end])
    assert (content, decoder.bare) == (wanted, False)
    assert (decoder.rest or b"") + rest == after


@given(st.lists(st.sampled_from([b"\r", b"\n", b".", b"x", b"\r\n", b"\r\n.\r\n"]), max_size=40))
@settings(max_examples=300, deadline=None)
def test_a_lone_cr_or_lf_never_passes(parts: list[bytes]) -> None:
    payload = b"".join(parts)
    decoder = DataDecoder()
    content = b""
    for byte in payload:
        if not decoder.ended:
            content += decoder.feed(bytes([byte]))
    plain = content.replace(b"\r\n", b"")
    assert decoder.bare == (b"\r" in plain or b"\n" in plain)
