"""What every transport of the registry keeps, tried on each (ports.Transport)."""

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from connectors.ports import Transport
from connectors.registry import TRANSPORTS
from connectors.transports.smtp import Smarthost
from connectors.transports.telegram_link import TelegramLink
from rules.values.chat import ChatMessage
from rules.values.sending import Address, Deferred, Delivered, Failed, Outbound, Outcome, Sent
from tests.bot_api import TOKEN, BotApi

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


@dataclass(frozen=True, slots=True)
class Case:
    """A transport with an address and a parcel of its own kind."""

    transport: Transport
    to: Address = TO
    parcel: Outbound = MAIL

    def deliver(self, key: str) -> Outcome:
        return self.transport.deliver(key, self.to, self.parcel)


@pytest.fixture
def bot() -> Iterator[TelegramLink]:
    api = BotApi()
    link = TelegramLink(TOKEN, api.base)
    yield link
    link.close()
    api.close()


@pytest.fixture(params=sorted(TRANSPORTS))
def case(request: pytest.FixtureRequest, tmp_path: Path, sink: int, bot: TelegramLink) -> Iterator[Case]:
    word = Outbound(b"", msgspec.json.encode(ChatMessage("xin chào")), "")
    made: dict[str, Callable[[], Case]] = {
        "maildir": lambda: Case(TRANSPORTS["maildir"](tmp_path)),
        "smtp": lambda: Case(TRANSPORTS["smtp"](Smarthost("127.0.0.1", sink, "none"))),
        "nowhere": lambda: Case(TRANSPORTS["nowhere"]()),
        "folder": lambda: Case(TRANSPORTS["folder"](tmp_path), Address("edxml:000.00.00.H10")),
        "webhook": lambda: Case(TRANSPORTS["webhook"]({}), Address("webhook:x")),
        "telegram": lambda: Case(TRANSPORTS["telegram"](bot), Address("telegram:42"), word),
    }
    made_one = made[request.param]()
    yield made_one
    getattr(made_one.transport, "close", lambda: None)()


def test_a_repeat_of_the_same_key_has_the_same_kind_of_outcome(case: Case) -> None:
    first, again = (case.deliver("k1") for _ in range(2))
    assert type(first) is type(again) and isinstance(first, Delivered | Sent | Failed)


@pytest.mark.parametrize("key", ["", "../../x", "a/b", "k\r\nX: y", "\0", "ắ" * 500, "\ud800"])
def test_a_key_is_data(case: Case, key: str) -> None:
    assert isinstance(case.deliver(key), Delivered | Sent | Failed)


@pytest.mark.parametrize(
    "email", ["", "x", "a@b\r\nc", "a@b@c", "@", "a@", "\ud800@b.example", "a@" + "b" * 300]
)
def test_a_bad_address_fails_and_is_no_exception(case: Case, email: str) -> None:
    outcome = case.transport.deliver("k1", Address(email, "", TO.mailbox), case.parcel)
    assert isinstance(outcome, Failed) and outcome.why


def test_many_threads_share_one_transport(case: Case) -> None:
    outcomes: list[object] = []

    def work(number: int) -> None:
        outcomes.append(case.deliver(f"k{number}"))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 8 and not any(isinstance(o, Deferred) for o in outcomes)
