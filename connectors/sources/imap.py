"""Mail fetched from a mailbox on another server: every body once, and touched there only when safe here.

What was taken stands in the ``FetchBook``, not in flags of the server, because people read the same
mailbox. A look at the folder (sweep) asks for UIDs above the position; every ten minutes all is compared
with all. IDLE only shortens the wait between two looks.
"""

import hashlib
import logging
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import chain
from threading import Event

from imapclient.exceptions import (
    IMAPClientAbortError,
    IMAPClientError,
    IMAPClientReadOnlyError,
    LoginError,
)

from connectors.ports import BookUnavailable, Door, FetchBook
from connectors.sources.imap_session import ImapSession, NoBody, NoTls, NoValidity
from connectors.sources.imap_settings import (
    Credentials,
    ImapSettings,
    SecretUnreadable,
    TokenRefused,
    TokenUnavailable,
)
from rules.fetched_envelope import envelope_of
from rules.fetching import REGISTERED_WITHIN, missed, pause, to_take
from rules.mail_glance import LOOK
from rules.values.arrival import Accepted, Envelope, Parcel, Stage
from rules.values.fetching import Body, Position

log = logging.getLogger("vanthu.imap")
HELD_ELSEWHERE = 10.0  # seconds until we ask again whether another process still fetches
AT_A_TIME = 200  # originals named in one command, because servers cut lines of 8 KB
FIRST_CLEARING = 0.3  # seconds after which a body taken has its arrival, usually


class _Broken(Exception):
    """Why nothing can be fetched now: a code, and what the other side said."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(why)
        self.why, self.detail = why, detail


class _NotHeld(Exception):
    """Another process has the right to fetch from this folder."""


class ImapSource:
    """One account. ``now`` is the clock; everything that must be remembered goes into ``book``."""

    def __init__(
        self,
        settings: ImapSettings,
        credentials: Credentials,
        book: FetchBook,
        now: Callable[[], datetime],
    ) -> None:
        self.settings, self._credentials, self._book, self._now = settings, credentials, book, now
        self._failures = 0
        self._compared = 0.0
        self._clearing = FIRST_CLEARING

    def run(self, door: Door, stop: Event) -> None:
        """Fetch until ``stop``. No fault of the server, the network or a mail ends it."""
        try:
            while not stop.is_set():
                stop.wait(self._connection(door, stop))
        finally:
            self._quietly(self._book.release)

    def _connection(self, door: Door, stop: Event) -> float:
        """One connection to its end; how many seconds to wait before the next."""
        try:
            if not self._book.hold():
                return HELD_ELSEWHERE
            self._connected(door, stop)
            return 0.0
        except _NotHeld:
            return HELD_ELSEWHERE
        except Exception as error:  # because whatever a server says, the other accounts and the hub go on
            return self._failed(*_fault(error), error)

    def _failed(self, why: str, detail: str, error: Exception) -> float:
        self._failures += 1
        shortest = timedelta(seconds=self.settings.shortest_pause)
        wait = pause(why, self._failures, shortest).total_seconds()
        log.warning("%s: %s (%s), trying again in %.0f s", self.settings.name, why, detail, wait)
        if why == "unexpected":
            log.error("%s: an answer that nobody expected", self.settings.name, exc_info=error)
        self._quietly(lambda: self._book.trouble(why, detail))
        return wait

    def _quietly(self, tell: Callable[[], None]) -> None:
        try:
            tell()
        except BookUnavailable as error:
            log.warning("%s: nothing can be noted now: %s", self.settings.name, error)

    def _connected(self, door: Door, stop: Event) -> None:
        session = ImapSession(self.settings, self._credentials)
        try:
            ends = self._credentials.ends()
            self._book.secret_ends(ends.isoformat() if ends is not None else "")
            while not stop.is_set():
                rest = self.sweep(session, door, stop)
                self._failures = 0
                session.wait(rest, lambda: stop.is_set() or not self._held())
                if not self._held():
                    raise _NotHeld
        except BaseException:
            session.drop()
            raise
        session.close()

    def _held(self) -> bool:
        return self._book.hold()

    # -- one look

    def sweep(self, session: ImapSession, door: Door, stop: Event) -> float:
        """Take what is new, do what is to be done to what was taken; seconds until the next look.

        In this order, because a folder that cannot be moved into must keep no mail out.
        """
        position = self._unlost(self._book.open(session.select()))
        whole = time.monotonic() - self._compared >= self.settings.compare_seconds or not self._compared
        present = session.uids(0 if whole else _lowest(position))
        todo = to_take(present, position, self._now())
        if whole:
            todo += self._compare(present, position)
        left = len(todo)
        for uid in todo:
            if stop.is_set() or not self._held():
                break
            self._take(session, door, position.validity, uid)
            left -= 1
        self._book.swept(left)
        self._clear(session, self._book.open(position.validity))
        return self._rest(position.validity)

    def _compare(self, present: list[int], position: Position) -> list[int]:
        """All with all: what should have been taken long ago is taken now (PROMISES R11)."""
        known = self._book.known(position.validity)
        found = missed(present, known, position)
        if found:
            log.error("%s: %d mails had been missed, taking them", self.settings.name, len(found))
        if present:  # because an empty answer may be no answer
            self._book.gone(position.validity, set(known) - set(present))
        self._book.compared(len(found))
        self._compared = time.monotonic()
        return found

    def _rest(self, validity: int) -> float:
        """Until the next look: soon while something is to be done to mails there, else the usual time."""
        position = self._book.open(validity)
        due = [(moment - self._now()).total_seconds() for moment in position.failed.values()]
        rest = min([self.settings.sweep_seconds, *(max(1.0, seconds) for seconds in due)])
        if not position.uncleared:
            self._clearing = FIRST_CLEARING
            return rest
        self._clearing *= 2
        return min(rest, self._clearing)

    # -- one mail

    def _take(self, session: ImapSession, door: Door, validity: int, uid: int) -> None:
        """One body into the hub. What is the mail's own fault is counted, and the next one follows."""
        try:
            size, came = session.facts(uid)
            if size > self.settings.max_bytes:
                raise NoBody("too-large")
            digest = self._hand_over(door, session, uid, size)
        except NoBody as error:
            if error.why == "gone":  # somebody deleted it between two commands
                self._book.gone(validity, {uid})
                return
            self._count(validity, uid, error.why)
        except (BookUnavailable, _Broken):
            raise
        except Exception as error:  # because one mail may break every connection that asks for it
            self._count(validity, uid, _fault(error)[0])
            raise
        else:
            self._book.taken(validity, uid, Body(digest, size, came))

    def _count(self, validity: int, uid: int, why: str) -> None:
        if self._book.failed(validity, uid, why):
            log.error("%s: mail %d is set aside: %s", self.settings.name, uid, why)
        else:
            log.warning("%s: mail %d did not come: %s", self.settings.name, uid, why)

    def _hand_over(self, door: Door, session: ImapSession, uid: int, size: int) -> str:
        """The body through the door; its SHA-256. A wrong size is believed when it is said twice."""
        pieces = session.body(uid, size)
        first = next(pieces, b"")
        envelope = self._envelope(door, first)
        if size <= self.settings.part_bytes:
            content = b"".join(chain([first], pieces))
            self._within(len(content))
            digest = hashlib.sha256(content).hexdigest()
            if len(content) != size:
                self._confirm(session, uid, size, digest)
            _accepted(door, envelope, content)
            return digest
        stage = _room(door)
        try:
            digest, octets = self._staged(stage, chain([first], pieces))
            if octets != size:
                self._confirm(session, uid, size, digest)
            _accepted(door, envelope, stage)
        finally:
            stage.discard()
        return digest

    def _staged(self, stage: Stage, pieces: Iterator[bytes]) -> tuple[str, int]:
        total, octets = hashlib.sha256(), 0
        for piece in pieces:
            octets += len(piece)
            self._within(octets)
            total.update(piece)
            try:
                stage.write(piece)
            except OSError as error:
                raise _Broken("busy", error.strerror or str(error)) from error
        return total.hexdigest(), octets

    def _confirm(self, session: ImapSession, uid: int, size: int, digest: str) -> None:
        """Some servers never know a mail's size; a body cut short does not come the same way twice."""
        total, octets = hashlib.sha256(), 0
        for piece in session.body(uid, size):
            octets += len(piece)
            self._within(octets)
            total.update(piece)
        if total.hexdigest() != digest:
            raise NoBody("partial-answer")

    def _within(self, octets: int) -> None:
        if octets > self.settings.max_bytes:
            raise NoBody("too-large")

    def _envelope(self, door: Door, head: bytes) -> Envelope:
        found = envelope_of(head[:LOOK])
        intake = self.settings.intake
        known = (address for address in found.delivered_to if door.recipient(address).ok)
        recipients = (intake or next(known, self.settings.general),)
        return Envelope(
            "imap",
            self.settings.name,
            self._now(),
            mail_from=found.mail_from,
            recipients=recipients,
            tls=self.settings.tls != "none",
        )

    # -- afterwards

    def _unlost(self, position: Position) -> Position:
        """With those to be fetched again that were taken long ago and never became an arrival."""
        late = [mail for mail in position.uncleared if self._now() - mail.taken_at > REGISTERED_WITHIN]
        lost = [mail.uid for mail in late if not self._book.is_safe(mail.sha256)]
        for uid in lost:
            log.error("%s: mail %d never became an arrival, fetching it again", self.settings.name, uid)
            self._book.lost(position.validity, uid)
        return self._book.open(position.validity) if lost else position

    def _clear(self, session: ImapSession, position: Position) -> None:
        """Do to the originals what is wanted, of those whose registered copy reads back whole."""
        safe = [mail.uid for mail in position.uncleared if self._book.is_safe(mail.sha256)]
        for start in range(0, len(safe), AT_A_TIME):
            uids = safe[start : start + AT_A_TIME]
            try:
                session.clear(uids)
            except IMAPClientAbortError:
                raise
            except IMAPClientError as error:
                if _passes(line := _fault(error)[1]):
                    raise
                log.error("%s: nothing can be done to mails that came: %s", self.settings.name, line)
                self._book.trouble("not-cleared", line)
                return
            self._book.cleared(position.validity, uids)


def _lowest(position: Position) -> int:
    """Above which UID a look must begin so that mails to be tried again are seen."""
    return min([position.uid, *(uid - 1 for uid in position.failed)])


def _room(door: Door) -> Stage:
    try:
        return door.stage()
    except OSError as error:
        raise _Broken("busy", error.strerror or str(error)) from error


def _accepted(door: Door, envelope: Envelope, content: bytes | Stage) -> None:
    answer = door.accept(Parcel(envelope, content))
    if not isinstance(answer, Accepted):
        raise _Broken("busy", answer.why)


# In this order, because some are kinds of others.
FAULTS: tuple[tuple[type[Exception], str], ...] = (
    (BookUnavailable, "database"),
    (SecretUnreadable, "secret"),
    (TokenRefused, "token-refused"),
    (TokenUnavailable, "token-unavailable"),
    (NoValidity, "no-validity"),
    (NoTls, "no-tls"),
    (ssl.SSLCertVerificationError, "certificate"),
    (socket.gaierror, "unknown-host"),
    (TimeoutError, "silent-server"),
    (OSError, "cut"),
    (IMAPClientReadOnlyError, "read-only"),
    (IMAPClientAbortError, "cut"),
)
PASSING = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]")  # RFC 5530


def _fault(error: Exception) -> tuple[str, str]:
    """A code for what went wrong with a connection, and a line for people."""
    line = str(error).partition("\n")[0][:300] or type(error).__name__
    if isinstance(error, _Broken):
        return error.why, error.detail
    if isinstance(error, LoginError):
        # because imapclient calls every end of a log-in a refusal, a cable that is pulled too
        broken = isinstance(error.__context__, IMAPClientAbortError) or _passes(line)
        return ("cut" if broken else "login-refused"), line
    for kind, why in FAULTS:
        if isinstance(error, kind):
            return why, line
    if isinstance(error, IMAPClientError):
        missing = line.startswith("select failed") and not _passes(line)
        return ("no-folder" if missing else "server-error"), line
    return "unexpected", f"{type(error).__name__}: {line}"


def _passes(line: str) -> bool:
    return any(code in line.upper() for code in PASSING)
