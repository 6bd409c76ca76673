"""The plumbing of one SMTP conversation: connection, greeting, limits, small commands, STARTTLS.

aiosmtpd reads the commands and does STARTTLS. Everything that decides is ours,
because its defaults refuse real senders, wait line by line, answer an
exception with a permanent 500, and know no limits.
"""

import asyncio
import logging
from collections.abc import Callable

from aiosmtpd.smtp import SMTP, Session, TLSSetupException
from aiosmtpd.smtp import Envelope as Transaction

from connectors.sources.smtp_commands import SYNTAX, hello_name
from connectors.sources.smtp_gate import Gate
from connectors.sources.smtp_reader import CommandReader
from rules.values.arrival import Login

log = logging.getLogger(__name__)

_LAST_WORD_SECONDS = 5.0
_FAULT = "451 4.3.0 A fault on our side, try again later"


class _CommandSizes(dict[str, int]):
    """Octets per command. aiosmtpd's own table keeps an entry for every word a stranger invents."""

    def __missing__(self, command: str) -> int:
        return 2048


_SIZES = _CommandSizes(AUTH=12288)  # RFC 4954 4


class _NoHooks:
    """aiosmtpd looks through its handler's attributes for every connection: there are none."""

    def __dir__(self) -> tuple[str, ...]:
        return ()


_NO_HOOKS = _NoHooks()


class Talk(Session):
    """What stays for the whole connection; begun anew by STARTTLS (RFC 3207 4.2)."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.login: Login | None = None


class Mail(Transaction):
    """One mail transaction: MAIL, RCPT, DATA."""

    def __init__(self) -> None:
        super().__init__()
        self.person: str | None = None  # the authenticated member of staff


class Conversation(SMTP):
    """A connection and what may be said before the first mail. Lives on the loop."""

    line_length_limit = 64 << 10  # the reader's buffer, and the longest command; DATA has no line limit
    command_size_limit = 2048
    _commands: tuple[str, ...] = ()

    def __init__(self, gate: Gate, loop: asyncio.AbstractEventLoop) -> None:
        settings = gate.settings
        super().__init__(
            _NO_HOOKS,
            data_size_limit=settings.limits.message_bytes,
            enable_SMTPUTF8=True,
            hostname=settings.hostname,
            ident="ESMTP Vanthu",
            tls_context=None if settings.implicit_tls else settings.tls,
            timeout=settings.limits.command_seconds,
            auth_require_tls=settings.auth_requires_tls,
            loop=loop,
        )
        self.command_size_limits = _SIZES
        self.reader = CommandReader(self.line_length_limit, loop, lambda: self.hold_back(False))
        self._held_back = False
        self._deadline = 0.0
        self.gate = gate
        self.limits = settings.limits
        self.ip = ""
        self.trusted = False
        self.data_sink: Callable[[bytes], None] | None = None  # takes the bytes while DATA lasts
        self.inside = False
        self.busy = False  # between 354 and the answer
        self._errors = self._refusals = self._junk = 0

    def __init_subclass__(cls) -> None:
        cls._commands = tuple(name for name in dir(cls) if name.startswith("smtp_"))

    def __dir__(self) -> tuple[str, ...]:
        """Only the commands, because aiosmtpd looks at every attribute three times per connection."""
        return self._commands

    # -- the connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not self.inside:
            self.ip = str((transport.get_extra_info("peername") or ("local",))[0])
            refusal = self.gate.enter(self.ip)
            if refusal is not None:
                assert isinstance(transport, asyncio.Transport)
                transport.write(refusal.encode() + b"\r\n")
                transport.close()
                return
            self.inside, self.trusted = True, self.gate.trusted(self.ip)
            self.gate.sessions.add(self)
        self.reader.take_all()  # because what was said before STARTTLS is not to be believed (RFC 3207 4.2)
        super().connection_made(transport)

    def _cb_client_connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = self.reader, writer

    def data_received(self, data: bytes) -> None:
        if self.data_sink is not None:
            self.data_sink(data)
        elif self.inside:
            self.reader.feed_data(data)
            self.hold_back(self.reader.full)

    def hold_back(self, hold: bool) -> None:
        """Stop or go on taking bytes from this client."""
        if hold != self._held_back and isinstance(self.transport, asyncio.Transport):
            self._held_back = hold
            (self.transport.pause_reading if hold else self.transport.resume_reading)()

    def eof_received(self) -> bool | None:
        return super().eof_received() if self.inside else False

    def connection_lost(self, error: Exception | None) -> None:
        if self.inside:
            self.inside = False
            self.gate.sessions.discard(self)
            self.gate.leave(self.ip)
            super().connection_lost(error)

    def _reset_timeout(self, duration: float | None = None) -> None:
        """Move the deadline. The timer itself is set anew only when it rings, because
        most never do and making one costs as much as a command.
        """
        self._deadline = self.loop.time() + (duration or self._timeout_duration)
        if self._timeout_handle is None or self._timeout_handle.when() > self._deadline:
            self.wind()

    def wind(self) -> None:
        """Let the timer ring at the deadline."""
        if self._timeout_handle is not None:
            self._timeout_handle.cancel()
        self._timeout_handle = self.loop.call_at(self._deadline, self._timeout_cb)

    def _timeout_cb(self) -> None:
        if self.loop.time() < self._deadline:
            self.wind()
        else:
            self.out_of_time()

    def out_of_time(self) -> None:
        """The deadline has passed."""
        self.dismiss("421 4.4.2 Too slow, closing the connection")

    def dismiss(self, reply: str) -> None:
        """Say a last word and close, whatever the session was doing."""
        if self.transport is None or self._handler_coroutine is None or self.transport.is_closing():
            return
        self._writer.write(reply.encode() + b"\r\n")
        self._handler_coroutine.cancel()
        self._close()

    def _close(self) -> None:
        """Close when the last word is out, or soon: a client that does not read keeps no place."""
        if self.transport is not None:
            self.transport.close()
            self.loop.call_later(_LAST_WORD_SECONDS, self.abort)

    def abort(self) -> None:
        """Close at once."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    async def push(self, status: str | bytes) -> None:
        """Send one reply; too many refused commands end the session."""
        line = wire_line(status) if isinstance(status, str) else status
        self._errors += line.startswith(b"5")
        self._refusals += line.startswith(b"4")
        if self._errors > self.limits.errors or self._refusals > self.limits.refusals:
            await self.end("421 4.7.0 Too many errors, closing the connection")
        self._writer.write(line + b"\r\n")
        await self._writer.drain()

    async def end(self, reply: str) -> None:
        """Close after ``reply``; commands already in the buffer are not run."""
        await super().push(wire_line(reply))
        self._close()
        raise asyncio.CancelledError

    async def handle_exception(self, error: Exception) -> str:
        """The peer learns that it may try again; only the log learns why."""
        if isinstance(error, TLSSetupException):
            log.info("smtp: %s: the TLS handshake failed: %s", self.ip, error.__cause__)
        else:
            log.error("smtp: %s: fault in a session", self.ip, exc_info=error)
        return _FAULT

    # -- state

    def _create_session(self) -> Talk:
        return Talk(self.loop)

    @property
    def talk(self) -> Talk:
        assert isinstance(self.session, Talk)
        return self.session

    def _set_post_data_state(self) -> None:
        self.envelope = Mail()

    def _set_rset_state(self) -> None:
        self.envelope = Mail()

    @property
    def mail(self) -> Mail:
        assert isinstance(self.envelope, Mail)
        return self.envelope

    # -- greeting and small commands

    async def smtp_HELO(self, hostname: str | None) -> None:
        if await self._greeted(hostname, extended=False):
            await self.push(f"250 {self.hostname}")

    async def smtp_EHLO(self, hostname: str | None) -> None:
        if not await self._greeted(hostname, extended=True):
            return
        offers = [self.hostname, "PIPELINING", f"SIZE {self.limits.message_bytes}", "8BITMIME", "SMTPUTF8"]
        if self.tls_context and not self.encrypted():
            offers.append("STARTTLS")
        if self.auth_allowed():
            offers.append("AUTH PLAIN LOGIN")
        offers.append("ENHANCEDSTATUSCODES")
        lines = [f"250-{offer}" for offer in offers[:-1]] + [f"250 {offers[-1]}"]
        await self.push("\r\n".join(lines).encode())

    async def _greeted(self, name: str | None, extended: bool) -> bool:
        await self._count_junk()
        if hello_name(name) is None:
            await self.push(SYNTAX.format("EHLO hostname"))
            return False
        self._set_rset_state()
        self.talk.extended_smtp, self.talk.host_name = extended, name
        return True

    async def smtp_NOOP(self, arg: str | None) -> None:
        await self._count_junk()
        await self.push("250 2.0.0 OK")

    async def smtp_RSET(self, arg: str | None) -> None:
        await self._count_junk()
        self._set_rset_state()
        await self.push("250 2.0.0 OK")

    async def smtp_VRFY(self, arg: str | None) -> None:
        await self._count_junk()
        await self.push("252 2.5.0 Send some mail and see")  # because VRFY is how addresses are harvested

    async def smtp_HELP(self, arg: str | None) -> None:
        await self._count_junk()
        await self.push("214 2.0.0 RFC 5321")

    async def smtp_GET(self, arg: str | None) -> None:
        await self.end("421 4.7.0 This is a mail server")

    smtp_POST = smtp_PUT = smtp_HEAD = smtp_CONNECT = smtp_OPTIONS = (
        smtp_GET  # because browsers are sent here
    )

    def clear_junk(self) -> None:
        """A mail was offered: the patience begins anew."""
        self._junk = 0

    async def _count_junk(self) -> None:
        self._junk += 1
        if self._junk > self.limits.junk_commands:
            await self.end("421 4.7.0 Too many commands without a mail")

    # -- TLS

    def encrypted(self) -> bool:
        return self.transport is not None and self.transport.get_extra_info("sslcontext") is not None

    def auth_allowed(self) -> bool:
        return self.encrypted() or self.gate.clear_auth_allowed(self.ip)

    async def smtp_STARTTLS(self, arg: str | None) -> None:
        if self.encrypted():
            await self.push("503 5.5.1 TLS is already on")
        else:
            await super().smtp_STARTTLS(arg or "")


def wire_line(reply: str) -> bytes:
    """One line of ASCII within RFC 5321's 512 octets, whatever words the hub gave."""
    if not (reply.isascii() and reply.isprintable()):
        reply = "".join(c if " " <= c <= "~" else "?" for c in reply)
    return reply[:500].encode("ascii")
