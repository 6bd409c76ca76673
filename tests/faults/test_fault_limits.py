"""S3 at the whole hub: every limit answers with its own code, and the hub stays small and alive."""

from collections.abc import Iterator
from itertools import islice, product
from pathlib import Path

import pytest

from tests.faults.clerks import DOMAIN, GENERAL, hand_in, letter
from tests.faults.conftest import HubMaker
from tests.faults.hub_process import HubProcess
from tests.faults.talk import Talk

pytestmark = [pytest.mark.fault, pytest.mark.timeout(300)]
SENDER = f"huongntm@{DOMAIN}"
HEAD = f"From: {SENDER}\r\nTo: {GENERAL}\r\nSubject: x\r\n".encode()
LINE = b"y" * 78 + b"\r\n"
GROWTH_KB = 96 * 1024


@pytest.fixture
def hub(make_hub: HubMaker) -> HubProcess:
    made = make_hub(smtp={"max_message_mb": 1, "max_connections": 12})
    made.start()
    made.ready()
    return made


def _data(hub: HubProcess, content: bytes) -> int:
    with Talk(hub.port) as talk:
        assert talk.begin(SENDER, GENERAL) == 354
        talk.send(content + b"\r\n.\r\n")
        return talk.reply()


def _spellings(address: str) -> Iterator[str]:
    """One address in many spellings, each of which counts."""
    local, _at, domain = address.partition("@")
    for letters in product(*((char.lower(), char.upper()) for char in local)):
        yield f"{''.join(letters)}@{domain}"


def _recipients(hub: HubProcess) -> int:
    with Talk(hub.port) as talk:
        talk.say("EHLO x")
        talk.say(f"MAIL FROM:<{SENDER}>")
        codes = [talk.say(f"RCPT TO:<{address}>") for address in islice(_spellings(GENERAL), 101)]
    assert set(codes[:100]) == {250}
    return codes[100]


def _announced_size(hub: HubProcess) -> int:
    with Talk(hub.port) as talk:
        talk.say("EHLO x")
        return talk.say(f"MAIL FROM:<{SENDER}> SIZE=99999999")


def _junk(hub: HubProcess) -> int:
    with Talk(hub.port) as talk:
        talk.say("EHLO x")
        return next((code for _ in range(110) if (code := talk.say("NOOP")) != 250), 250)


def _errors(hub: HubProcess) -> int:
    with Talk(hub.port) as talk:
        talk.say("EHLO x")
        assert {talk.say("MAIL TO nobody") for _ in range(20)} == {501}
        return talk.say("MAIL TO nobody")


def _unknown_commands(hub: HubProcess) -> int:
    with Talk(hub.port) as talk:
        return next((code for _ in range(25) if (code := talk.say("XYZZY")) != 500), 500)


def _connections(hub: HubProcess) -> int:
    open_ones: list[Talk] = []
    try:
        while len(open_ones) < 20:
            open_ones.append(Talk(hub.port))
            if open_ones[-1].greeting != 220:
                return open_ones[-1].greeting
        return 220
    finally:
        for talk in open_ones:
            talk.__exit__()


def _foreign(hub: HubProcess) -> int:
    with Talk(hub.port) as talk:
        talk.say("EHLO x")
        talk.say(f"MAIL FROM:<{SENDER}>")
        return talk.say("RCPT TO:<someone@elsewhere.example>")


def _long_command(hub: HubProcess) -> int:
    with Talk(hub.port) as talk:
        return talk.say(b"EHLO " + b"x" * 100_000)


def _rss_kb(pid: int) -> int:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if "VmRSS" in line)
    return int(line.split()[1])


def test_every_limit_is_answered_by_its_code_and_memory_stays_flat(hub: HubProcess) -> None:
    hand_in(letter(1), hub.port)
    before = _rss_kb(hub.pid)
    seen = {
        "101 recipients": (_recipients(hub), {452}),
        "a mail of 3 MB": (
            _data(hub, HEAD + b"\r\n" + LINE * 40_000),
            {552},
        ),
        "announced as too big": (_announced_size(hub), {552}),
        "a header of 20 KB": (_data(hub, HEAD + b"X-Long: " + b"x" * 20_000 + b"\r\n\r\nx"), {552}),
        "headers of 100 KB": (_data(hub, HEAD + b"X-A: 1234567890\r\n" * 6_000 + b"\r\nx"), {552}),
        "1,500 header lines": (_data(hub, HEAD + b"X: 1\r\n" * 1_500 + b"\r\nx"), {552}),
        "30 hops": (_data(hub, b"Received: from x by y\r\n" * 30 + HEAD + b"\r\nx"), {554}),
        "110 junk commands": (_junk(hub), {421}),
        "21 wrong commands": (_errors(hub), {421}),
        "unknown commands": (_unknown_commands(hub), {502, 421}),
        "20 connections": (_connections(hub), {421}),
        "a recipient elsewhere": (_foreign(hub), {550}),
        "a command of 100 KB": (_long_command(hub), {500, 421}),
    }
    grown = _rss_kb(hub.pid) - before
    print("S3:", {name: code for name, (code, _right) in seen.items()}, f"memory +{grown} KB")
    assert {name: code for name, (code, right) in seen.items() if code not in right} == {}
    assert grown < GROWTH_KB
    hand_in(letter(2), hub.port)
    hub.stop()
