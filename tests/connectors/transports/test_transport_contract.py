"""What every transport of the registry keeps, tried on each (ports.Transport)."""

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from connectors.ports import Transport
from connectors.registry import TRANSPORTS
from connectors.transports.smtp import Smarthost
from rules.values.sending import Address, Deferred, Delivered, Failed, Outbound, Sent

TO = Address("vanthu.sonoivu@binhminh.example", "Sở Nội vụ", "binhminh.example/vanthu.sonoivu")
MAIL = Outbound(b"Message-ID: <k1@b.example>\r\n", b"\r\nbody\r\n", "bounce+k1@b.example")


class Sink:
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        return "250 taken"


@pytest.fixture
def sink() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(Sink(), hostname="127.0.0.1", port=port)
    server.start()
    yield port
    server.stop()


@pytest.fixture(params=sorted(TRANSPORTS))
def transport(request: pytest.FixtureRequest, tmp_path: Path, sink: int) -> Iterator[Transport]:
    made: dict[str, Callable[[], Transport]] = {
        "maildir": lambda: TRANSPORTS["maildir"](tmp_path),
        "smtp": lambda: TRANSPORTS["smtp"](Smarthost("127.0.0.1", sink, "none")),
        "nowhere": lambda: TRANSPORTS["nowhere"](),
    }
    transport = made[request.param]()
    yield transport
    getattr(transport, "close", lambda: None)()


def test_a_repeat_of_the_same_key_has_the_same_kind_of_outcome(transport: Transport) -> None:
    first, again = (transport.deliver("k1", TO, MAIL) for _ in range(2))
    assert type(first) is type(again) and isinstance(first, Delivered | Sent | Failed)


@pytest.mark.parametrize("key", ["", "../../x", "a/b", "k\r\nX: y", "\0", "ắ" * 500, "\ud800"])
def test_a_key_is_data(transport: Transport, key: str) -> None:
    assert isinstance(transport.deliver(key, TO, MAIL), Delivered | Sent | Failed)


@pytest.mark.parametrize(
    "email", ["", "x", "a@b\r\nc", "a@b@c", "@", "a@", "\ud800@b.example", "a@" + "b" * 300]
)
def test_a_bad_address_fails_and_is_no_exception(transport: Transport, email: str) -> None:
    outcome = transport.deliver("k1", Address(email, "", TO.mailbox), MAIL)
    assert isinstance(outcome, Failed) and outcome.why


def test_many_threads_share_one_transport(transport: Transport) -> None:
    outcomes: list[object] = []

    def work(number: int) -> None:
        outcomes.append(transport.deliver(f"k{number}", TO, MAIL))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 8 and not any(isinstance(o, Deferred) for o in outcomes)
