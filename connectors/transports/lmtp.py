"""Delivery into mailboxes that Dovecot keeps, by LMTP over its socket in the hub's folder.

The key goes ahead as a header of the hub's own, always the first, so that Dovecot's Sieve
recognises a repetition after a crash; the folder goes as the address's detail (RFC 5233),
which nobody else can set because only the hub reaches the socket.
"""

from __future__ import annotations

import contextlib
import hashlib
import smtplib
import threading
import time
from pathlib import Path

from connectors.mailboxes.maildir import place
from connectors.transports import reasons
from connectors.transports.wire_form import crlf, dotted
from rules.mail_address import wire_address
from rules.text.gate import clean
from rules.values.sending import Address, Deferred, Delivered, Failed, Outbound, Outcome

DETAIL = "cong-van-den"  # the hub's documents; templates/deploy files them
TIMEOUT = 60.0
_REST_SECONDS = 2.0  # it is our own child: it is up again in seconds
_IDLE_SECONDS = 5.0
_MOST_TOLD = 300


class LmtpTransport:
    """``run`` is Dovecot's base folder, ``homes`` where it keeps what it knows of a mailbox.

    Each thread keeps a connection of its own.
    """

    def __init__(self, run: Path, homes: Path) -> None:
        self._homes = homes
        self._socket = str(run / "lmtp")
        self._lines = threading.local()

    def deliver(self, key: str, to: Address, parcel: Outbound) -> Outcome:
        receiver, sender = wire_address(to.email), parcel.mail_from
        if receiver is None or to.mailbox is None or (sender and wire_address(sender) is None):
            return Failed(reasons.BAD_ADDRESS)
        local, _at, domain = receiver.rpartition("@")
        path_domain, _slash, path_local = to.mailbox.partition("/")
        if (path_domain, path_local) != (domain.casefold(), local.casefold()):
            return Failed(f"{reasons.NO_MAILBOX_PATH}: {clean(to.mailbox, 100)}")
        try:
            place(self._homes, to.mailbox).mkdir(parents=True, exist_ok=True, mode=0o700)
        except ValueError:
            return Failed(f"{reasons.NO_MAILBOX_PATH}: {clean(to.mailbox, 100)}")
        except OSError as error:
            return Deferred(f"{reasons.DISK_ERROR}: {error.strerror}", after=_REST_SECONDS)
        target = f"{local}+{DETAIL}@{domain}" if parcel.filed else receiver
        trace = f"X-Vanthu-Key: {hashlib.sha256(key.encode(errors='replace')).hexdigest()}\r\n".encode()
        return self._talk(sender, target, b"".join((trace, *parcel.pieces())))

    def _talk(self, sender: str, target: str, content: bytes) -> Outcome:
        try:
            code, said = _hand_over(self._line(), sender, target, content)
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            return Deferred(f"{reasons.LOST}: {clean(str(error), 100)}", after=_REST_SECONDS)
        if code == 250:
            return Delivered("lmtp")
        self._hang_up()  # because whatever else it said, the next mail begins anew
        return _answer(code, said)

    def _line(self) -> smtplib.LMTP:
        line: smtplib.LMTP | None = getattr(self._lines, "open", None)
        if line is not None and time.monotonic() - self._lines.used > _IDLE_SECONDS:
            self._hang_up()  # because Dovecot may have been started anew meanwhile
            line = None
        self._lines.used = time.monotonic()
        if line is not None:
            return line
        line = smtplib.LMTP(self._socket, timeout=TIMEOUT)
        line.ehlo_or_helo_if_needed()
        self._lines.open = line
        return line

    def _hang_up(self) -> None:
        line: smtplib.LMTP | None = getattr(self._lines, "open", None)
        self._lines.open = None
        if line is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                line.close()


def _hand_over(line: smtplib.LMTP, sender: str, target: str, content: bytes) -> tuple[int, bytes]:
    """One mail: the first three commands in one go (RFC 2920), because waiting costs as much as a mail.

    The first answer that is no yes, or the last one.
    """
    line.send(f"MAIL FROM:<{sender}> BODY=8BITMIME\r\nRCPT TO:<{target}>\r\nDATA\r\n".encode())
    answers = [line.getreply() for _command in range(3)]
    refused = next((answer for answer in answers[:2] if answer[0] != 250), None)
    if refused is None and answers[2][0] != 354:
        refused = answers[2]
    if refused is not None:  # the caller hangs up, so that a 354 beside it is answered by nothing
        return refused
    line.send(dotted(crlf(content)))
    return line.getreply()


def _answer(code: int, said: bytes | str) -> Outcome:
    text = clean(said.decode("utf-8", "replace") if isinstance(said, bytes) else said, _MOST_TOLD)
    if 500 <= code < 600:
        return Failed(reasons.with_answer(reasons.for_refusal(code, text), code, text))
    return Deferred(f"{code} {text}", after=_REST_SECONDS)
