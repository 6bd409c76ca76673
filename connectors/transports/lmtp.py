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
from collections.abc import Callable
from functools import partial
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

    Each thread keeps connections of its own, as many as it had mails under way at once.
    """

    def __init__(self, run: Path, homes: Path) -> None:
        self._homes = homes
        self._socket = str(run / "lmtp")
        self._lines = threading.local()

    def deliver(self, key: str, to: Address, parcel: Outbound) -> Outcome:
        return self.hand_over(key, to, parcel)()

    def hand_over(self, key: str, to: Address, parcel: Outbound) -> Callable[[], Outcome]:
        receiver, sender = wire_address(to.email), parcel.mail_from
        if receiver is None or to.mailbox is None or (sender and wire_address(sender) is None):
            return partial(Failed, reasons.BAD_ADDRESS)
        local, _at, domain = receiver.rpartition("@")
        path_domain, _slash, path_local = to.mailbox.partition("/")
        if (path_domain, path_local) != (domain.casefold(), local.casefold()):
            return partial(Failed, f"{reasons.NO_MAILBOX_PATH}: {clean(to.mailbox, 100)}")
        try:
            place(self._homes, to.mailbox).mkdir(parents=True, exist_ok=True, mode=0o700)
        except ValueError:
            return partial(Failed, f"{reasons.NO_MAILBOX_PATH}: {clean(to.mailbox, 100)}")
        except OSError as error:
            return partial(Deferred, f"{reasons.DISK_ERROR}: {error.strerror}", after=_REST_SECONDS)
        target = f"{local}+{DETAIL}@{domain}" if parcel.filed else receiver
        trace = f"X-Vanthu-Key: {hashlib.sha256(key.encode(errors='replace')).hexdigest()}\r\n".encode()
        return self._talk(sender, target, b"".join((trace, *parcel.pieces())))

    def _talk(self, sender: str, target: str, content: bytes) -> Callable[[], Outcome]:
        try:
            line = self._line()
        except (OSError, smtplib.SMTPException) as error:
            return partial(_lost, error)
        try:
            refused = _converse(line, sender, target, content)
        except (OSError, smtplib.SMTPException) as error:
            _hang_up(line)
            return partial(_lost, error)
        if refused is None:
            return partial(self._end, line)
        _hang_up(line)  # because whatever it said, the next mail begins anew
        return partial(_answer, *refused)

    def _end(self, line: smtplib.LMTP) -> Outcome:
        """The answer to a mail that was handed over."""
        try:
            code, said = line.getreply()
        except (OSError, smtplib.SMTPException) as error:
            _hang_up(line)
            return _lost(error)
        if code == 250:
            self._resting().append((line, time.monotonic()))
            return Delivered("lmtp")
        _hang_up(line)
        return _answer(code, said)

    def _resting(self) -> list[tuple[smtplib.LMTP, float]]:
        """This thread's connections that nothing is under way on, and since when."""
        resting: list[tuple[smtplib.LMTP, float]] | None = getattr(self._lines, "resting", None)
        if resting is None:
            resting = self._lines.resting = []
        return resting

    def _line(self) -> smtplib.LMTP:
        resting = self._resting()
        while resting:
            line, since = resting.pop()
            if time.monotonic() - since <= _IDLE_SECONDS:
                return line
            _hang_up(line)  # because Dovecot may have been started anew meanwhile
        line = smtplib.LMTP(self._socket, timeout=TIMEOUT)
        line.ehlo_or_helo_if_needed()
        return line


def _hang_up(line: smtplib.LMTP) -> None:
    with contextlib.suppress(OSError, smtplib.SMTPException):
        line.close()


def _converse(line: smtplib.LMTP, sender: str, target: str, content: bytes) -> tuple[int, bytes] | None:
    """One mail: the first three commands in one go (RFC 2920), because waiting costs as much as a mail.

    None when only the last answer is to come, or the answer that is no yes.
    """
    line.send(f"MAIL FROM:<{sender}> BODY=8BITMIME\r\nRCPT TO:<{target}>\r\nDATA\r\n".encode())
    answers = [line.getreply() for _command in range(3)]
    refused = next((answer for answer in answers[:2] if answer[0] != 250), None)
    if refused is None and answers[2][0] != 354:
        refused = answers[2]
    if refused is None:
        line.send(dotted(crlf(content)))
    return refused  # the caller hangs up, so that a 354 beside it is answered by nothing


def _lost(error: Exception) -> Deferred:
    return Deferred(f"{reasons.LOST}: {clean(str(error), 100)}", after=_REST_SECONDS)


def _answer(code: int, said: bytes | str) -> Outcome:
    text = clean(said.decode("utf-8", "replace") if isinstance(said, bytes) else said, _MOST_TOLD)
    if 500 <= code < 600:
        return Failed(reasons.with_answer(reasons.for_refusal(code, text), code, text))
    return Deferred(f"{code} {text}", after=_REST_SECONDS)
