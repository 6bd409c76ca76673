"""One SMTP conversation with somebody who brings mail: AUTH, MAIL, RCPT, DATA, and every answer."""

import asyncio
import base64
import binascii
import logging
from dataclasses import dataclass
from functools import partial

from connectors.sources.smtp_commands import SYNTAX, MailCommand, mail_command, rcpt_command
from connectors.sources.smtp_conversation import Conversation
from connectors.sources.smtp_gate import Gate
from connectors.sources.smtp_incoming import Incoming, reply_to
from rules.mail_glance import Glance
from rules.secrecy.titles import in_title
from rules.values.arrival import Envelope, Login, RecipientVerdict
from rules.vocabulary import SenderVerdict

log = logging.getLogger(__name__)

_MAX_CREDENTIAL = 1000  # characters of a user name or a password
_ENHANCED = {530: "5.7.0", 550: "5.1.1", 552: "5.3.4", 553: "5.7.1", 554: "5.7.1", 451: "4.3.0", 452: "4.3.1"}


@dataclass(slots=True)
class _Data:
    """The DATA that is running."""

    incoming: Incoming
    begun: float
    stage_above: int
    pause: asyncio.Future[None] | None = None  # resolved at the end, or when memory is to be emptied


class SmtpSession(Conversation):
    """A connection that may bring mail. What blocks goes through the gate's threads."""

    def __init__(self, gate: Gate, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(gate, loop)
        self._failed_logins = 0
        self._data: _Data | None = None

    # -- AUTH

    async def smtp_AUTH(self, arg: str | None) -> None:
        refusal = self._auth_refusal()
        if refusal is not None:
            await self.push(refusal)
            return
        mechanism, _, initial = (arg or "").partition(" ")
        credentials = await self._credentials(mechanism.upper(), initial.strip())
        if credentials is not None:
            await self._log_in(*credentials)

    def _auth_refusal(self) -> str | None:
        if not self.auth_allowed():
            return "538 5.7.11 Encryption is required before AUTH"
        if not self.talk.extended_smtp:
            return "503 5.5.1 Send EHLO first"
        if self.talk.authenticated or self.mail.mail_from is not None:
            return "503 5.5.1 AUTH is not possible now"
        return None

    async def _credentials(self, mechanism: str, initial: str) -> tuple[bytes, bytes] | None:
        """User and password, or None after the refusal was sent."""
        if mechanism == "PLAIN":
            blob = await self._answer(initial, "")
            parts = blob.split(b"\0") if blob is not None else []
            if blob is not None and len(parts) != 3:
                await self.push("501 5.5.2 Not a PLAIN answer")
            return (parts[1], parts[2]) if len(parts) == 3 else None
        if mechanism == "LOGIN":
            user = await self._answer(initial, "Username:")
            password = await self._answer("", "Password:") if user is not None else None
            return None if user is None or password is None else (user, password)
        await self.push("504 5.5.4 Use AUTH PLAIN or AUTH LOGIN")
        return None

    async def _answer(self, initial: str, challenge: str) -> bytes | None:
        """The client's words, given with the command or asked for; None after a refusal was sent."""
        if not initial:
            answer = await self.challenge_auth(challenge)
            return answer if isinstance(answer, bytes) else None
        try:
            return b"" if initial == "=" else base64.b64decode(initial.encode("ascii"), validate=True)
        except (binascii.Error, UnicodeEncodeError):
            await self.push("501 5.5.2 Not base64")
            return None

    async def _log_in(self, user: bytes, password: bytes) -> None:
        login = await self._checked_login(user, password)
        if login is None:
            self._failed_logins += 1
            if self._failed_logins >= self.limits.auth_tries:
                await self.end("421 4.7.0 Too many wrong passwords")
            await self.push("535 5.7.8 The user name or the password is wrong")
            return
        self.talk.authenticated, self.talk.login = True, login
        await self.push("235 2.7.0 Welcome")

    async def _checked_login(self, user: bytes, password: bytes) -> Login | None:
        try:
            name, word = user.decode("utf-8"), password.decode("utf-8")
        except UnicodeDecodeError:
            return None
        if not name or len(name) > _MAX_CREDENTIAL or len(word) > _MAX_CREDENTIAL:
            return None
        return await self.gate.logging_in(partial(self.gate.door.login, name, word, self.ip))

    # -- the mail transaction

    async def smtp_MAIL(self, arg: str | None) -> None:
        if not self.talk.host_name or self.mail.mail_from is not None:
            await self.push("503 5.5.1 Send HELO first, and one MAIL at a time")
            return
        command = mail_command(arg)
        await self.push(command if isinstance(command, str) else self._mail_answer(command))

    def _mail_answer(self, command: MailCommand) -> str:
        if command.size > self.limits.message_bytes:
            return f"552 5.3.4 The limit is {self.limits.message_bytes} bytes"
        login = self.talk.login
        if login is None and self.gate.settings.submission:
            return "530 5.7.0 Log in first"
        if login is not None and command.address and not _owns(login, command.address):
            return "553 5.7.1 This is not an address of yours"
        person = login.person if login else None
        verdict = self.gate.door.sender(command.address, person, self.trusted)
        if not verdict.ok:
            return _refused(verdict)
        self.mail.person = person or (verdict.person if self.trusted else None)
        self.mail.mail_from, self.mail.smtp_utf8 = command.address, command.utf8
        return "250 2.1.0 OK"

    async def smtp_RCPT(self, arg: str | None) -> None:
        if self.mail.mail_from is None:
            await self.push("503 5.5.1 Send MAIL first")
            return
        taken = rcpt_command(arg, self.mail.smtp_utf8)
        await self.push(taken if isinstance(taken, str) else self._rcpt_answer(taken[0]))

    def _rcpt_answer(self, address: str) -> str:
        if len(self.mail.rcpt_tos) >= self.limits.recipients:
            return f"452 4.5.3 The limit is {self.limits.recipients} recipients a mail"
        login = self.talk.login
        verdict = self.gate.door.recipient(address, login.person if login is not None else None)
        if not verdict.ok:
            return _refused(verdict)
        if address not in self.mail.rcpt_tos:
            self.mail.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def smtp_DATA(self, arg: str | None) -> None:
        if not self.mail.rcpt_tos or arg:
            await self.push("503 5.5.1 Send MAIL and RCPT first" if not arg else SYNTAX.format("DATA"))
            return
        incoming = Incoming(self.gate.door, self.limits)
        self.busy = True
        try:
            await super().push(b"354 End data with <CR><LF>.<CR><LF>")
            await self._receive(incoming)
            reply = await self._offered(incoming)
        finally:
            self.busy, self.data_sink = False, None
            self._release(incoming)
        self._set_post_data_state()
        self.clear_junk()
        await self.push(reply)
        if self.gate.stopping:
            await self.end("421 4.3.2 The service is stopping")

    async def _receive(self, incoming: Incoming) -> None:
        """Until the end of the data. The bytes go straight from the wire to ``incoming``,
        because a task that wakes for each of them costs more than reading them.
        """
        self._data = _Data(incoming, self.loop.time(), self.gate.settings.stage_above)
        self._reset_timeout(self.limits.data_grace)
        self.data_sink = self._take
        self._take(self.reader.take_all())
        while not incoming.decoder.ended:
            self.hold_back(False)
            self._data.pause = self.loop.create_future()
            await self._data.pause
            self._keep_off_the_disk(incoming)
            if not incoming.decoder.ended:
                await self.gate.accepting(partial(incoming.spill, incoming.taken()))
        self.data_sink = None
        self.reader.feed_data(incoming.decoder.rest or b"")

    def _keep_off_the_disk(self, incoming: Incoming) -> None:
        """What is marked as secret may not be stored at all, so it is refused before it is moved there."""
        if not incoming.staged and not incoming.refusal:
            incoming.refusal = self._secret(incoming.look())

    def _take(self, chunk: bytes) -> None:
        data = self._data
        if data is None or data.incoming.decoder.ended:
            self.reader.feed_data(chunk)
            return
        data.incoming.take(chunk)
        if data.incoming.decoder.ended or data.incoming.in_memory > data.stage_above:
            self.hold_back(not data.incoming.decoder.ended)
            if data.pause is not None and not data.pause.done():
                data.pause.set_result(None)

    def out_of_time(self) -> None:
        """DATA earns its time by the bytes it brings (PROMISES S3)."""
        if self.data_sink is not None and self._data is not None:
            earned = self.limits.data_grace + self._data.incoming.size / self.limits.data_floor
            left = self._data.begun + min(earned, self.limits.data_seconds) - self.loop.time()
            if left > 0:
                self._reset_timeout(left)
                self.wind()
                return
        super().out_of_time()

    async def _offered(self, incoming: Incoming) -> str:
        """Judged and accepted, or not: the reply."""
        self._reset_timeout(self.limits.data_seconds)
        if incoming.refusal:
            return incoming.refusal
        try:
            if incoming.staged:
                job = partial(incoming.offer_staged, self._envelope(), self._judge)
                return reply_to(await self.gate.accepting(job))
            judge = partial(incoming.judged, self._judge)
            return reply_to(await self.gate.pump.offer(incoming.parcel(self._envelope()), judge))
        except Exception as error:
            return await self.handle_exception(error)

    def _release(self, incoming: Incoming) -> None:
        """Let go of the mail; what may lie on the disk is tidied up in a thread."""
        self._data = None
        if incoming.size > self.gate.settings.stage_above:
            self.gate.later(incoming.discard)

    def _envelope(self) -> Envelope:
        mail = self.mail
        return Envelope(
            source="smtp",
            account=self.gate.settings.account,
            received_at=self.gate.now(),
            mail_from=mail.mail_from or "",
            recipients=tuple(mail.rcpt_tos),
            peer=self.ip,
            helo=self.talk.host_name or "",
            person=mail.person,
            verdict=SenderVerdict.AUTHENTICATED if mail.person else SenderVerdict.UNVERIFIED,
            tls=self.encrypted(),
        )

    def _judge(self, look: Glance) -> str | None:
        """Why the header alone refuses the mail, or None. Runs in a thread."""
        limits = self.limits
        if secret := self._secret(look):
            return secret
        if look.hops > limits.hops:
            return f"554 5.4.6 The mail was passed on {look.hops} times: a loop"
        if look.header_bytes > limits.header_bytes or look.header_lines > limits.header_lines:
            return f"552 5.3.4 The header exceeds {limits.header_bytes} bytes or {limits.header_lines} lines"
        if look.longest_header > limits.one_header_bytes:
            return f"552 5.3.4 One header is longer than {limits.one_header_bytes} bytes"
        login = self.talk.login
        if login is not None:
            strange = [address for address in look.from_addresses if not _owns(login, address)]
            own = "553 5.7.1 The From header must be an address of yours"
            return own if strange or not look.from_addresses else None
        if self.trusted:
            return None
        for address in look.from_addresses:
            if not self.gate.door.sender(address, None, False).ok:
                return "550 5.7.1 The From header claims an address of ours without proof"
        return None

    def _secret(self, look: Glance) -> str | None:
        """Whoever sends it: marked content may not travel over a network (Law 117/2025/QH15 Art. 5)."""
        if in_title(look.subject) is None:
            return None
        log.warning("a mail from %s was refused at DATA: its subject bears a secrecy mark", self.ip)
        return self.gate.settings.secret


def _owns(login: Login, address: str) -> bool:
    wanted = address.casefold()
    return any(wanted == own.casefold() for own in (login.person, *login.addresses))


def _refused(verdict: RecipientVerdict) -> str:
    """The verdict as a reply line, with an enhanced code in front (RFC 2034)."""
    if verdict.text[:2] in ("4.", "5."):
        return f"{verdict.code} {verdict.text}"
    code = _ENHANCED.get(verdict.code, f"{verdict.code // 100}.0.0")
    return f"{verdict.code} {code} {verdict.text or 'Refused'}"
