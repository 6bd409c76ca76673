"""One connection to an IMAP server: imapclient with what experience with servers adds (RFC 9051).

Nothing here knows what was fetched before. Every method raises what imapclient raises, or OSError;
after that the connection is of no use and a new one is made.
"""

import contextlib
import imaplib
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from connectors.sources.imap_settings import Credentials, ImapSettings
from rules.values.fetching import Afterwards

# Because a folder of 100,000 mails is one line of numbers, and imaplib breaks off at a million bytes.
LONGEST_LINE = 16 << 20
LONGEST_LITERAL_SLACK = 64 << 10
IDLE_SLICE = 1.0
imaplib._MAXLINE = max(LONGEST_LINE, getattr(imaplib, "_MAXLINE", 0))  # type: ignore[attr-defined]


class NoBody(Exception):
    """A mail's body did not come, by a code: the mail's fault or its server's, not the connection's."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NoValidity(Exception):
    """The server gives no UIDVALIDITY: its UIDs say nothing about yesterday (RFC 9051 2.3.1.1)."""


class NoTls(Exception):
    """The server offers no STARTTLS, and nothing is sent in clear text instead."""


class ImapSession:
    """Connected and logged in; ``close`` when done."""

    def __init__(self, settings: ImapSettings, credentials: Credentials) -> None:
        self._settings = settings
        self._client = _connected(settings)
        try:
            if settings.tls == "starttls":
                if not self._client.has_capability("STARTTLS"):
                    raise NoTls(settings.host)
                self._client.starttls(_context(settings))
            _bound(self._client, settings)
            self._log_in(credentials)
        except BaseException:
            self.drop()
            raise

    def close(self) -> None:
        """Say good-bye, then end."""
        try:
            self._client.logout()
        except (OSError, IMAPClientError):  # because nothing is wanted of this connection any more
            self.drop()

    def drop(self) -> None:
        """End without a word, because the other side may not listen any more."""
        with contextlib.suppress(OSError):
            self._client.shutdown()

    # -- the folder

    def select(self) -> int:
        """Look at the folder; its UIDVALIDITY. Read-only where nothing is to be changed."""
        readonly = self._settings.afterwards is Afterwards.LEAVE
        answer = self._client.select_folder(self._settings.folder, readonly=readonly)
        validity = answer.get(b"UIDVALIDITY")
        if not isinstance(validity, int) or validity <= 0:
            raise NoValidity(self._settings.folder)
        return validity

    def uids(self, above: int) -> list[int]:
        """The UIDs above one, ascending."""
        criteria: list[Any] = ["UID", f"{above + 1}:*"]
        if self._settings.since is not None:
            criteria += ["SINCE", self._settings.since]
        # "n:*" names the last mail too when it lies below n
        return sorted({uid for uid in self._client.search(criteria) if uid > above})

    def is_there(self, uid: int) -> bool:
        """Whether the folder still holds a mail."""
        return uid in self._client.search(["UID", str(uid)])

    # -- one mail

    def facts(self, uid: int) -> tuple[int, datetime | None]:
        """Its size as the server says, and when the server got it. Raises NoBody.

        Where it says none, that of a mail which is fetched in parts until nothing more comes.
        """
        row = self._row(uid, ["RFC822.SIZE", "INTERNALDATE"])
        size, came = row.get(b"RFC822.SIZE"), row.get(b"INTERNALDATE")
        if not isinstance(size, int) or size < 0:
            size = self._settings.part_bytes + 1
        return size, came.astimezone(UTC) if isinstance(came, datetime) else None

    def body(self, uid: int, size: int) -> Iterator[bytes]:
        """The body in pieces. Raises NoBody when it does not come whole."""
        part = self._settings.part_bytes
        if size <= part:
            whole = self._piece(uid, "BODY.PEEK[]")
            if len(whole) == size and whole:
                yield whole
                return
            if not whole:
                raise NoBody("no-body")
        # because a server may say less than it has, or a wrong size: only nothing more is the end
        offset = 0
        while piece := self._piece(uid, f"BODY.PEEK[]<{offset}.{part}>"):
            if len(piece) > part:
                raise NoBody("partial-answer")
            yield piece
            offset += len(piece)
        if not offset:
            raise NoBody("no-body")

    def _piece(self, uid: int, item: str) -> bytes:
        row = self._row(uid, [item])
        for key, value in row.items():
            if key.startswith(b"BODY[]"):
                return value if isinstance(value, bytes) else str(value).encode() if value else b""
        raise NoBody("no-body")

    def _row(self, uid: int, items: Sequence[str]) -> dict[bytes, Any]:
        """One mail's answer; by its place in the folder where the server names no UID in it."""
        rows = self._client.fetch([uid], [*items, "UID"])
        found = rows.get(uid)
        if found is None or len(found) < 2:
            found = self._row_by_place(uid, items)
        if found is None:
            raise NoBody("no-answer" if self.is_there(uid) else "gone")
        return dict(found)

    def _row_by_place(self, uid: int, items: Sequence[str]) -> dict[bytes, Any] | None:
        """No mail moves between these two commands: servers may tell of that after FETCH only (7.5.1)."""
        self._client.use_uid = False
        try:
            places = self._client.search(["UID", str(uid)])
            if len(places) != 1:
                return None
            row = self._client.fetch(places, list(items)).get(places[0])
        finally:
            self._client.use_uid = True
        return row if row is not None and len(row) > 1 else None

    # -- afterwards

    def clear(self, uids: Sequence[int]) -> None:
        """Do to these mails what the account wants done; to do it twice changes nothing."""
        wanted = self._settings.afterwards
        if not uids or wanted is Afterwards.LEAVE:
            return
        if wanted is Afterwards.SEEN:
            self._client.add_flags(uids, [b"\\Seen"], silent=True)
        elif wanted is Afterwards.MOVE:
            self._move(uids)
        else:
            self._delete(uids)

    def _move(self, uids: Sequence[int]) -> None:
        folder = self._settings.move_to
        if not self._client.folder_exists(folder):
            self._client.create_folder(folder)
        if self._client.has_capability("MOVE"):
            self._client.move(uids, folder)
        else:
            self._client.copy(uids, folder)
            self._delete(uids)

    def _delete(self, uids: Sequence[int]) -> None:
        """Only these: a plain EXPUNGE would remove what others had marked."""
        self._client.add_flags(uids, [b"\\Deleted"], silent=True)
        if self._client.has_capability("UIDPLUS"):
            self._client.uid_expunge(uids)

    # -- waiting

    def wait(self, seconds: float, awake: Callable[[], bool]) -> None:
        """Until something may have come, at most so long; ``awake`` is asked each second.

        IDLE only wakes (RFC 2177): what it says is not read, because it may be half a line, and
        nothing at all when the server has gone away. What was said before it must be looked for: a
        server tells of a mail once only, and may do so between the look and IDLE.
        """
        if self._was_told():
            return
        until = time.monotonic() + seconds
        if not self._client.has_capability("IDLE"):
            while time.monotonic() < until and not awake():
                time.sleep(min(IDLE_SLICE, max(0.0, until - time.monotonic())))
            return
        self._client.idle()
        if self._has_said_more():
            until = 0.0
        while (left := until - time.monotonic()) > 0 and not awake():
            began, slice_ = time.monotonic(), min(IDLE_SLICE, left)
            if self._client.idle_check(timeout=slice_) or time.monotonic() - began < slice_ / 2:
                break  # something was said, or the server has gone: both are found out by looking
        self._client.idle_done()

    def _was_told(self) -> bool:
        """Whether an answer since SELECT said that mails came."""
        answers = self._client._imap.untagged_responses
        counts = answers.get("EXISTS", [])
        return len(counts) > 1 and (counts[-1] != counts[0] or "EXPUNGE" in answers)

    def _has_said_more(self) -> bool:
        """Whether something lies behind "+ idling" in one packet: nobody is woken for what was read."""
        line = self._client.socket()
        line.setblocking(False)
        try:
            return bool(self._client._imap.file.peek(1))
        except ssl.SSLWantReadError:
            return False
        finally:
            line.settimeout(self._settings.timeout_seconds)

    # -- logging in

    def _log_in(self, credentials: Credentials) -> None:
        token = credentials.token(fresh=False)
        user = self._settings.user
        if token:
            try:
                self._client.oauth2_login(user, token)
            except LoginError:  # because it may have been withdrawn before its time
                self._client.oauth2_login(user, credentials.token(fresh=True))
            return
        password = credentials.password()
        if user.isascii() and password.isascii():
            self._client.login(user, password)
        else:  # because LOGIN knows no other letters; SASL PLAIN is UTF-8 (RFC 4616)
            self._client.plain_login(user, password)


def _connected(settings: ImapSettings) -> IMAPClient:
    client = IMAPClient(
        settings.host,
        settings.port,
        ssl=settings.tls == "tls",
        ssl_context=_context(settings) if settings.tls == "tls" else None,
        timeout=settings.timeout_seconds,
    )
    # because imaplib writes a command in pieces, and each would wait for the other side's word otherwise
    client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client._imap.debug = 0  # because imapclient has every line formatted for its log otherwise
    return client


def _context(settings: ImapSettings) -> ssl.SSLContext:
    """Certificate and name are always verified."""
    return ssl.create_default_context(cafile=settings.tls_ca or None)


def _bound(client: IMAPClient, settings: ImapSettings) -> None:
    """A server that announces a gigabyte is not believed: we never ask for more than a part."""
    imap = client._imap
    read, most = imap.read, settings.part_bytes + LONGEST_LITERAL_SLACK

    def bounded(size: int) -> Any:
        if size > most:
            raise imap.abort(f"the server announces {size} bytes, {most} were asked for at most")
        return read(size)

    imap.read = bounded
