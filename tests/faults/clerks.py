"""Clerks of the sample province who mail letters until they are taken, and remember what was."""

import hashlib
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP

from tests.faults.talk import Talk

DOMAIN = "binhlam.example"
GENERAL = f"congvan@{DOMAIN}"


@dataclass(frozen=True, slots=True)
class Office:
    """An office of the sample with its clerk, and to whom it writes."""

    unit: str
    name: str
    letters: str
    clerk: str
    signer: str
    to: tuple[str, ...]
    receivers: tuple[str, ...]


OFFICES = (
    Office(
        "sonoivu",
        "SỞ NỘI VỤ",
        "SNV",
        f"huongntm@{DOMAIN}",
        "Phạm Quang Vinh",
        ("Sở Tư pháp", "Sở Tài chính"),
        ("sotaichinh", "sotuphap"),
    ),
    Office(
        "sonoivu",
        "SỞ NỘI VỤ",
        "SNV",
        f"huongntm@{DOMAIN}",
        "Phạm Quang Vinh",
        ("Bộ Tư pháp", "Bộ Nội vụ", "Sở Tư pháp"),
        ("outside:btp", "outside:bnv", "sotuphap"),
    ),
)
INSIDE, ABROAD = OFFICES
TEXT = """UBND TỈNH BÌNH LÂM
{name}
Số: {symbol}
V/v đường truyền số {number}

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Lâm Khê, ngày 16 tháng 11 năm 2026

Kính gửi:
{addressees}.

Đề nghị các cơ quan kiểm tra đường truyền văn bản lần thứ {number} ({words}) và báo cáo kết quả./.

Nơi nhận:
- Như trên;
- Lưu: VT.

GIÁM ĐỐC
{signer}
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """One official letter in a mail."""

    number: int
    symbol: str
    sender: str
    receivers: tuple[str, ...]
    content: bytes
    to: tuple[str, ...] = (GENERAL,)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def paper(number: int, office: Office = INSIDE) -> str:
    """The text of letter ``number``; no two are alike in more than their form."""
    dice = random.Random(number)
    return TEXT.format(
        name=office.name,
        symbol=f"{number}/{office.letters}-VP",
        number=number,
        addressees=";\n".join(f"- {name}" for name in office.to),
        words=" ".join(
            dice.choice(["bá", "bé", "bi", "bò", "bù", "cá", "cò", "cũ", "da", "dê", "đò", "đu"])
            for _ in range(12)
        ),
        signer=office.signer,
    )


def mail(subject: str, sender: str, name: str, text: str, *, message_id: str = "") -> bytes:
    """A mail with one text file, as it goes over the wire."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = sender, GENERAL
    message["Subject"] = subject
    message["Message-ID"] = message_id or f"<{hashlib.sha256(text.encode()).hexdigest()[:24]}@{DOMAIN}>"
    message["Date"] = "Mon, 16 Nov 2026 09:00:00 +0700"
    message.set_content("Xin gửi văn bản kèm theo.", cte="base64")
    message.add_attachment(text.encode(), maintype="text", subtype="plain", filename=name, cte="base64")
    return message.as_bytes()


def letter(number: int, office: Office = INSIDE) -> Letter:
    """Letter ``number`` of an office in its mail."""
    symbol = f"{number}/{office.letters}-VP"
    content = mail(f"Công văn {symbol}", office.clerk, f"cv-{number}.txt", paper(number, office))
    return Letter(number, symbol, office.clerk, office.receivers, content)


class Refused(Exception):
    """The hub answered something else than was hoped for; 0 when it hung up."""

    def __init__(self, code: int) -> None:
        super().__init__(f"answered {code}")
        self.code = code


def hand_in(item: Letter, port: int) -> None:
    """One try, as a mail program would. Raises Refused, OSError."""
    with Talk(port) as talk:
        _expect(talk.greeting, 220)
        _expect(talk.say("EHLO clerk.example"), 250)
        _expect(talk.say(f"MAIL FROM:<{item.sender}> BODY=8BITMIME"), 250)
        for address in item.to:
            _expect(talk.say(f"RCPT TO:<{address}>"), 250)
        _expect(talk.say("DATA"), 354)
        talk.send(re.sub(rb"(?m)^\.", b"..", item.content) + b".\r\n")
        _expect(talk.reply(), 250)
        talk.say("QUIT")


def _expect(code: int, hoped: int) -> None:
    if code != hoped:
        raise Refused(code)


@dataclass
class Clerks:
    """Threads that send letters; each letter again and again until a 250 came back."""

    letters: Iterable[Letter]
    port: int
    threads: int = 3
    pause: float = 0.0  # seconds between two letters of one thread
    acked: list[Letter] = field(default_factory=list)
    acked_at: list[float] = field(default_factory=list)  # time.time()
    refusals: Counter[int] = field(default_factory=Counter)  # SMTP codes
    tries: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _crew: list[threading.Thread] = field(default_factory=list)

    def start(self) -> "Clerks":
        self._waiting = iter(self.letters)
        for _ in range(self.threads):
            thread = threading.Thread(target=self._work, daemon=True)
            thread.start()
            self._crew.append(thread)
        return self

    @property
    def busy(self) -> bool:
        return any(thread.is_alive() for thread in self._crew)

    def finish(self, seconds: float) -> list[Letter]:
        """Wait until all is sent; what was acknowledged. AssertionError when it takes longer."""
        until = time.monotonic() + seconds
        for thread in self._crew:
            thread.join(max(0.0, until - time.monotonic()))
        assert not self.busy, f"only {len(self.acked)} letters were taken in {seconds} s"
        return self.acked

    def stop(self) -> list[Letter]:
        """No further tries; what was acknowledged so far."""
        self._stop.set()
        for thread in self._crew:
            thread.join(30)
        return self.acked

    def _work(self) -> None:
        while not self._stop.is_set():
            with self._lock:
                item = next(self._waiting, None)
            if item is None:
                return
            self._send(item)
            self._stop.wait(self.pause)

    def _send(self, item: Letter) -> None:
        while not self._stop.is_set():
            with self._lock:
                self.tries += 1
            try:
                hand_in(item, self.port)
            except (OSError, Refused) as error:  # because a struck hub is the point
                with self._lock:
                    self.refusals[error.code if isinstance(error, Refused) else 0] += 1
                self._stop.wait(0.03)
                continue
            with self._lock:
                self.acked.append(item)
                self.acked_at.append(time.time())
            return
