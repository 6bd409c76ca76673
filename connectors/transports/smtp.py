"""Mail to addresses outside the hub, handed to one smarthost over verified TLS.

The smarthost's 250 is *sent* and no more. A connection lost after the data
leaves it open whether the mail arrived: it is sent again under the same
Message-ID, because a second copy can be recognised and a lost one cannot.

Where the smarthost offers DSN (RFC 3461), it is asked to tell of each document that it
arrived, failed or is late, with the headers only, and under the delivery's own key.
"""

import ipaddress
import smtplib
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from connectors.transports import reasons
from connectors.transports.wire_form import crlf, dotted
from rules.mail_address import wire_address
from rules.text.gate import clean
from rules.values.sending import Address, Deferred, Failed, Outbound, Outcome, Sent

_GOOD = ((250,), (250, 251), (354,))  # answers to MAIL, RCPT and DATA
_MAX_ANSWER = 300  # characters of a peer's reply that are kept
_LONGEST_ENVID = 100  # characters (RFC 3461 5.4)
_LOG_IN_CODES = (530, 534, 535, 538)  # about us and not about the document: an operator mends it


@dataclass(frozen=True, slots=True)
class Smarthost:
    """Where mail for the world goes. ValueError when clear text could leave this machine (S18)."""

    host: str
    port: int = 587
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    hello: str = "localhost"  # our name in EHLO
    ca_file: str = ""  # further roots to trust; empty: those of the system
    timeout: float = 60.0  # seconds for connecting and for each answer
    idle_seconds: float = 15.0  # a connection unused for longer is not used again
    age_seconds: float = 300.0

    def __post_init__(self) -> None:
        if self.tls == "none" and not _loopback(self.host):
            raise ValueError(f"smarthost {self.host}: without TLS only this machine (loopback) is allowed")
        if not _is_host(self.host) or not _is_host(self.hello):
            raise ValueError(f"smarthost: no host name: {self.host!r} or {self.hello!r}")
        if not (self.user + self.password).isascii():
            raise ValueError("smarthost: user and password must be plain ASCII")  # smtplib knows no other


@dataclass(slots=True)
class _Line:
    """One open connection, used by one thread."""

    smtp: smtplib.SMTP
    born: float
    used: float


@dataclass(frozen=True, slots=True)
class _Letter:
    sender: str
    receiver: str
    content: bytes
    options: tuple[str, ...]
    asked: str = ""  # the key under which reports are asked for; empty: none are


class _LostEarlyError(Exception):
    """The connection ended before the peer heard of the mail; ``outcome`` is what to say if that stays so."""

    def __init__(self, outcome: Deferred) -> None:
        super().__init__(outcome.why)
        self.outcome = outcome


class SmtpTransport:
    """Hands mails to the smarthost; each thread keeps one connection for a while.

    ``sign`` puts a signature in front of a mail whose lines end with CRLF.
    """

    def __init__(self, smarthost: Smarthost, sign: Callable[[bytes], bytes] | None = None) -> None:
        self._peer, self._sign = smarthost, sign
        self._mine = threading.local()
        self._open: set[smtplib.SMTP] = set()
        self._guard = threading.Lock()

    def deliver(self, key: str, to: Address, parcel: Outbound) -> Outcome:
        letter = _letter(key, to, parcel, self._sign)
        if isinstance(letter, Failed):
            return letter
        line = self._kept()
        if line is not None:
            try:
                return self._hand_over(line, letter)
            except _LostEarlyError:  # an idle connection may be closed by the peer at any time
                self._drop()
        try:
            line = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            return _not_connected(error)
        try:
            return self._hand_over(line, letter)
        except _LostEarlyError as error:
            self._drop()
            return error.outcome

    def close(self) -> None:
        """Close the connections of all threads; for the end of the process."""
        with self._guard:
            connections, self._open = self._open, set()
        for smtp in connections:
            smtp.close()

    def _kept(self) -> _Line | None:
        line: _Line | None = getattr(self._mine, "line", None)
        now = time.monotonic()
        if line is None:
            return None
        if now - line.used > self._peer.idle_seconds or now - line.born > self._peer.age_seconds:
            self._drop()
            return None
        return line

    def _connect(self) -> _Line:
        smtp = _opened(self._peer)
        with self._guard:
            self._open.add(smtp)
        now = time.monotonic()
        line = self._mine.line = _Line(smtp, now, now)
        return line

    def _drop(self) -> None:
        line: _Line | None = getattr(self._mine, "line", None)
        if line is not None:
            self._mine.line = None
            with self._guard:
                self._open.discard(line.smtp)
            line.smtp.close()

    def _hand_over(self, line: _Line, letter: _Letter) -> Outcome:
        if "SMTPUTF8" in letter.options and not line.smtp.has_extn("smtputf8"):
            return Failed(reasons.NO_UTF8)
        outcome = _converse(line.smtp, letter)
        line.used = time.monotonic()
        if not isinstance(outcome, Sent) and not (_answered(outcome) and _reset(line.smtp)):
            self._drop()
        return outcome


def _answered(outcome: Outcome) -> bool:
    """Whether the peer said no, or later, and stays there: the connection serves the next mail."""
    return isinstance(outcome, Failed) or (
        isinstance(outcome, Deferred) and outcome.why.startswith(reasons.NOT_NOW)
    )


def _converse(smtp: smtplib.SMTP, letter: _Letter) -> Outcome:
    """MAIL, RCPT, DATA. Raises _LostEarlyError when not even MAIL was answered."""
    if smtp.has_extn("pipelining"):
        try:
            return _at_once(smtp, letter)
        except smtplib.SMTPResponseException as error:
            return Deferred(reasons.with_answer(reasons.STRANGE, error.smtp_code, _words(error.smtp_error)))
    try:
        options = (*letter.options, *_size(smtp, letter), *_envelope_id(smtp, letter))
        code, text = smtp.mail(letter.sender, options)
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        raise _LostEarlyError(Deferred(reasons.LOST)) from error
    if code == 421:  # RFC 5321 3.8: closing, e.g. because we were idle
        raise _LostEarlyError(Deferred(reasons.with_answer(reasons.NOT_NOW, code, _words(text))))
    if code != 250:
        return _judged(code, text)
    try:
        code, text = smtp.rcpt(letter.receiver, _notify(smtp, letter))
        return _data(smtp, letter) if code in (250, 251) else _judged(code, text)
    except smtplib.SMTPResponseException as error:
        return Deferred(reasons.with_answer(reasons.STRANGE, error.smtp_code, _words(error.smtp_error)))
    except (smtplib.SMTPServerDisconnected, OSError):
        return Deferred(reasons.LOST)


def _at_once(smtp: smtplib.SMTP, letter: _Letter) -> Outcome:
    """The same with one wait instead of three (RFC 2920). Raises _LostEarlyError likewise."""
    options = " ".join(("", *letter.options, *_size(smtp, letter), *_envelope_id(smtp, letter)))
    asked = " ".join(("", *_notify(smtp, letter)))
    commands = f"MAIL FROM:<{letter.sender}>{options}\r\nRCPT TO:<{letter.receiver}>{asked}\r\nDATA\r\n"
    try:
        smtp.send(commands.encode("utf-8"))
        mail = smtp.getreply()
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        raise _LostEarlyError(Deferred(reasons.LOST)) from error
    if mail[0] == 421:
        raise _LostEarlyError(Deferred(reasons.with_answer(reasons.NOT_NOW, 421, _words(mail[1]))))
    try:
        answers = (mail, smtp.getreply(), smtp.getreply())
    except (smtplib.SMTPServerDisconnected, OSError):
        return Deferred(reasons.LOST)
    refused = [answer for answer, good in zip(answers, _GOOD, strict=True) if answer[0] not in good]
    try:
        if refused and answers[2][0] == 354:  # RFC 2920 3.1: it waits for a mail that nobody shall get
            smtp.send(b".\r\n")
            smtp.getreply()
            return _judged(*refused[0])
        return _judged(*refused[0]) if refused else _content(smtp, letter)
    except (smtplib.SMTPServerDisconnected, OSError):
        return Deferred(reasons.LOST_AT_END)


def _content(smtp: smtplib.SMTP, letter: _Letter) -> Outcome:
    """After 354: the mail."""
    smtp.send(dotted(letter.content))
    code, text = smtp.getreply()
    return Sent(f"{code} {_words(text)}") if code == 250 else _judged(code, text)


def _data(smtp: smtplib.SMTP, letter: _Letter) -> Outcome:
    try:
        code, text = smtp.data(letter.content)
    except smtplib.SMTPDataError as error:  # the answer to DATA itself: nothing was sent yet
        return _judged(error.smtp_code, error.smtp_error)
    except (smtplib.SMTPServerDisconnected, OSError):
        return Deferred(reasons.LOST_AT_END)
    return Sent(f"{code} {_words(text)}") if code == 250 else _judged(code, text)


def _reset(smtp: smtplib.SMTP) -> bool:
    """Bring the dialogue back to its start; False when the connection is of no more use."""
    try:
        return smtp.rset()[0] == 250
    except (smtplib.SMTPException, OSError):
        return False


def _letter(
    key: str, to: Address, parcel: Outbound, sign: Callable[[bytes], bytes] | None = None
) -> _Letter | Failed:
    """What may be said to a peer, or why not: the one gate before a command is written."""
    sender = wire_address(parcel.mail_from) if parcel.mail_from else ""
    receiver = wire_address(to.email)
    if sender is None or receiver is None:
        return Failed(f"{reasons.BAD_ADDRESS}: {clean(parcel.mail_from if receiver else to.email, 100)}")
    content = crlf(b"".join(parcel.pieces()))
    if b"\0" in content:
        return Failed(reasons.NUL_OCTET)
    if sign is not None:
        content = sign(content)  # last, because nothing may change a mail that is signed
    plain = sender.isascii() and receiver.isascii() and content.isascii()
    options = () if plain else ("SMTPUTF8", "BODY=8BITMIME")
    # not for mails between people: who gets the report would be their own affair
    return _Letter(sender, receiver, content, options, key if parcel.filed and sender else "")


def _size(smtp: smtplib.SMTP, letter: _Letter) -> tuple[str, ...]:
    return (f"SIZE={len(letter.content)}",) if smtp.has_extn("size") else ()


def _envelope_id(smtp: smtplib.SMTP, letter: _Letter) -> tuple[str, ...]:
    """RET and ENVID (RFC 3461 4.3, 4.4): a report brings no content back, and names the delivery."""
    if not letter.asked or not smtp.has_extn("dsn"):
        return ()
    named = letter.asked.isascii() and len(letter.asked) <= _LONGEST_ENVID
    return ("RET=HDRS", f"ENVID={_xtext(letter.asked)}") if named else ("RET=HDRS",)


def _notify(smtp: smtplib.SMTP, letter: _Letter) -> tuple[str, ...]:
    """NOTIFY and ORCPT (RFC 3461 4.1, 4.2): also of success, which is the only proof that it arrived."""
    if not letter.asked or not smtp.has_extn("dsn"):
        return ()
    notify = "NOTIFY=SUCCESS,FAILURE,DELAY"
    return (notify, f"ORCPT=rfc822;{_xtext(letter.receiver)}") if letter.receiver.isascii() else (notify,)


def _xtext(text: str) -> str:
    """Printable ASCII as it is, the rest, + and = as +HH (RFC 3461 4)."""
    return "".join(c if "!" <= c <= "~" and c not in "+=" else f"+{ord(c):02X}" for c in text)


def _opened(peer: Smarthost) -> smtplib.SMTP:
    """A connection past EHLO, TLS and log-in. Raises what smtplib, ssl and the network raise."""
    context = None if peer.tls == "none" else ssl.create_default_context(cafile=peer.ca_file or None)
    smtp: smtplib.SMTP
    if context is not None and peer.tls == "tls":
        smtp = smtplib.SMTP_SSL(peer.host, peer.port, peer.hello, timeout=peer.timeout, context=context)
    else:
        smtp = smtplib.SMTP(peer.host, peer.port, peer.hello, timeout=peer.timeout)
    try:
        _greet(smtp, peer, context)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _greet(smtp: smtplib.SMTP, peer: Smarthost, context: ssl.SSLContext | None) -> None:
    if context is None and (smtp.sock is None or not _loopback(smtp.sock.getpeername()[0])):
        raise smtplib.SMTPException(reasons.CLEAR_TEXT)
    smtp.ehlo_or_helo_if_needed()
    if context is not None and peer.tls == "starttls":
        smtp.starttls(context=context)
        smtp.ehlo()
    if peer.user:
        smtp.login(peer.user, peer.password)


def _not_connected(error: Exception) -> Deferred:
    """Whatever hinders the connection says nothing about the document: it waits."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Deferred(reasons.with_answer(reasons.LOG_IN, error.smtp_code, _words(error.smtp_error)))
    if isinstance(error, smtplib.SMTPResponseException):
        return Deferred(reasons.with_answer(reasons.UNREACHABLE, error.smtp_code, _words(error.smtp_error)))
    if isinstance(error, smtplib.SMTPNotSupportedError):
        words = reasons.LOG_IN if "AUTH" in str(error) else reasons.NO_STARTTLS
        return Deferred(f"{words}: {clean(str(error), _MAX_ANSWER)}")
    words = reasons.CERTIFICATE if isinstance(error, ssl.SSLCertVerificationError) else reasons.UNREACHABLE
    return Deferred(f"{words}: {clean(str(error), _MAX_ANSWER)}")


def _judged(code: int, text: bytes | str) -> Outcome:
    """A reply that is no yes: later, never, or nonsense (RFC 5321 4.2.1)."""
    answer = _words(text)
    if 400 <= code < 500:
        return Deferred(reasons.with_answer(reasons.NOT_NOW, code, answer))
    if code in _LOG_IN_CODES:
        return Deferred(reasons.with_answer(reasons.LOG_IN, code, answer))
    if 500 <= code < 600:
        return Failed(reasons.with_answer(reasons.for_refusal(code, answer), code, answer))
    return Deferred(reasons.with_answer(reasons.STRANGE, code, answer))


def _words(text: bytes | str) -> str:
    return clean(text, _MAX_ANSWER)


def _is_host(host: str) -> bool:
    return _address(host) is not None or wire_address(f"x@{host}") is not None


def _loopback(host: str) -> bool:
    address = _address(host)
    return host == "localhost" if address is None else address.is_loopback


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
