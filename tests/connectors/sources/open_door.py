"""A real door over a real spool for the tests of sources, and a client that says exactly what it is told."""

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from connectors.sources.smtp import SmtpSource
from connectors.sources.smtp_settings import SmtpSettings
from rules.values.arrival import Accepted, Busy, Login, Parcel, RecipientVerdict, Spooled, Stage
from storage.spool import Spool, SpoolBroken, SpoolFull, SpoolWriter

DOMAIN = "ours.example.vn"
INTAKE = f"congvan@{DOMAIN}"
CLERK = f"clerk@{DOMAIN}"


class OpenDoor:
    """Our domain receives; senders of our domain need proof; accepting is the spool's business."""

    def __init__(self, root: Path) -> None:
        self.spool = Spool(root, max_message=1 << 20)
        self.parcels: list[Spooled] = []
        self.fault: Exception | None = None
        self.busy: Busy | None = None
        self.logins = 0

    def sender(self, address: str, person: str | None, trusted: bool) -> RecipientVerdict:
        if address.endswith("@fault.example"):
            raise RuntimeError("the secret inside")
        if not address.endswith("@" + DOMAIN) or person is not None:
            return RecipientVerdict(250)
        return RecipientVerdict(250, person=address) if trusted else RecipientVerdict(530, "Log in first")

    def recipient(self, address: str, person: str | None = None) -> RecipientVerdict:
        if address.endswith("@" + DOMAIN) or address.casefold() == "postmaster":
            return RecipientVerdict(250, unit="vpubnd")
        return RecipientVerdict(550, "5.7.1 We do not relay")

    def login(self, user: str, password: str, peer: str = "") -> Login | None:
        self.logins += 1
        good = (user, password) == (CLERK, "right")
        return Login(CLERK, "A Clerk", (CLERK, f"vanthu@{DOMAIN}")) if good else None

    def stage(self) -> Stage:
        return self.spool.open_writer(datetime.now(UTC))

    def accept(self, parcel: Parcel) -> Accepted | Busy:
        assert isinstance(parcel.content, bytes | bytearray | SpoolWriter)
        if self.fault is not None:
            raise self.fault
        if self.busy is not None:
            return self.busy
        try:
            self.parcels.append(self.spool.put(parcel.envelope, parcel.content))
        except SpoolFull as error:
            return Busy(str(error.strerror), full=True)
        except SpoolBroken as error:
            return Busy(str(error.strerror))
        return Accepted(self.parcels[-1].id)

    def accept_many(self, parcels: Sequence[Parcel]) -> list[Accepted | Busy]:
        return [self.accept(parcel) for parcel in parcels]

    def contents(self) -> list[bytes]:
        return [self.spool.read(parcel) for parcel in self.parcels]


@contextmanager
def serving(door: OpenDoor, settings: SmtpSettings) -> Iterator[SmtpSource]:
    """The source in a thread of its own until the block ends."""
    source = SmtpSource(settings, lambda: datetime.now(UTC))
    stop = threading.Event()
    thread = threading.Thread(target=source.run, args=(door, stop))
    thread.start()
    try:
        assert source.ready.wait(10)
        yield source
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


class Wire:
    """Bytes out, replies in."""

    def __init__(self, port: int, greet: bool = True) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self.socket.makefile("rb")
        if greet:
            assert self.reply().startswith("220 ")
            assert self.say("EHLO client.example").startswith("250")

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def reply(self) -> str:
        """One whole reply, its last line; "" when the server closed."""
        while True:
            line = self._file.readline().decode("ascii")
            if line[3:4] != "-":
                return line.rstrip("\r\n")

    def say(self, command: str) -> str:
        self.send(command.encode() + b"\r\n")
        return self.reply()

    def begin(self, sender: str = "a@example.org", to: str = INTAKE) -> None:
        assert self.say(f"MAIL FROM:<{sender}>").startswith("250")
        assert self.say(f"RCPT TO:<{to}>").startswith("250")
        assert self.say("DATA").startswith("354")

    def mail(self, content: bytes, sender: str = "a@example.org") -> str:
        self.begin(sender)
        self.send(content + b"\r\n.\r\n")
        return self.reply()

    def drip(self, *parts: bytes) -> None:
        """Each part alone on the wire."""
        for part in parts:
            self.send(part)
            time.sleep(0.001)

    def close(self) -> None:
        self._file.close()
        self.socket.close()

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
