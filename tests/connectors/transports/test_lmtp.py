"""Several mails under way to Dovecot at once, each with its own answer."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import UnixSocketController
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session

from connectors.transports import reasons
from connectors.transports.lmtp import LmtpTransport
from rules.values.sending import Address, Deferred, Delivered, Failed, Outbound

MAIL = Outbound(b"Subject: x\r\n", b"\r\nbody\r\n", "")


class Script:
    """Answers a mail whose receiver begins with "slow" only when another one came after it."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.sessions: set[int] = set()
        self.next = asyncio.Event()

    async def handle_RCPT(
        self, server: LMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("nobody"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: LMTP, session: Session, envelope: Envelope) -> str:
        (receiver,) = envelope.rcpt_tos
        self.sessions.add(id(session))
        if receiver.startswith("cut"):
            assert server.transport is not None
            server.transport.close()
        elif receiver.startswith("slow"):
            await self.next.wait()
        else:
            self.next.set()
        self.taken.append(receiver)
        return "250 saved"


class Server(UnixSocketController):
    def factory(self) -> LMTP:
        return LMTP(self.handler, **self.SMTP_kwargs)


@pytest.fixture
def script(tmp_path: Path) -> Iterator[Script]:
    (tmp_path / "run").mkdir()
    script = Script()
    server = Server(script, unix_socket=str(tmp_path / "run/lmtp"))
    server.start()
    yield script
    server.stop()


@pytest.fixture
def transport(script: Script, tmp_path: Path) -> Iterator[LmtpTransport]:
    transport = LmtpTransport(tmp_path / "run", tmp_path / "homes")
    yield transport
    for line, _since in transport._resting():
        line.close()


def begin(transport: LmtpTransport, name: str) -> Any:
    to = Address(f"{name}@b.example", "", f"b.example/{name}")
    return transport.hand_over(name, to, MAIL)


def test_answers_belong_to_their_mails_and_connections_are_used_again(
    transport: LmtpTransport, script: Script
) -> None:
    slow, nobody, quick = (begin(transport, name) for name in ("slow", "nobody", "quick"))
    assert slow() == quick() == Delivered("lmtp")
    assert isinstance(nobody(), Failed)
    assert begin(transport, "again")() == Delivered("lmtp")
    assert script.taken == ["quick@b.example", "slow@b.example", "again@b.example"]
    assert len(script.sessions) == 2


def test_a_lost_connection_is_one_mail_to_be_tried_again(transport: LmtpTransport, script: Script) -> None:
    slow, cut, quick = (begin(transport, name) for name in ("slow", "cut", "quick"))
    lost = cut()
    assert isinstance(lost, Deferred) and lost.why.startswith(reasons.LOST)
    assert slow() == quick() == Delivered("lmtp")
