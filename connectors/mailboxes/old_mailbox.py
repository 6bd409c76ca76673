"""An older mailbox somewhere else, read over IMAP (RFC 3501): nothing in it is changed.

What it says is foreign: sizes are asked before bodies, no answer may be larger than a mail may be,
and an OK without a body is no body.
"""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from rules.mailboxes.taking_over import LARGEST
from rules.text.gate import clean

TIMEOUT = 60.0
MOST_UIDS = 500  # asked for their sizes at once
MOST_FOLDERS = 2000
FAULTS = (OSError, IMAPClientError, ValueError, IndexError, KeyError, AttributeError)


class OldMailboxTrouble(Exception):
    """Why it cannot be read, in the words of the server or of the network."""


@dataclass(frozen=True, slots=True)
class OldServer:
    """Where it is. Clear text is for this machine only."""

    host: str
    port: int
    tls: Literal["tls", "starttls", "none"]
    user: str
    password: str = field(repr=False)
    ca_file: str = ""

    @property
    def name(self) -> str:
        """Under which progress is kept."""
        return f"{self.user}@{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class OldFolder:
    """``name`` as the server calls it."""

    name: str
    flags: tuple[str, ...]
    delimiter: str


@dataclass(frozen=True, slots=True)
class OldMail:
    """One mail as it is there."""

    uid: int
    flags: tuple[str, ...]
    date: datetime
    content: bytes


class OldMailbox:
    """One connection; a context manager. Every method raises OldMailboxTrouble."""

    def __init__(self, server: OldServer) -> None:
        self._server = server
        self._client: Any = None

    def __enter__(self) -> OldMailbox:
        server = self._server
        if server.tls == "none" and not _is_here(server.host):
            raise OldMailboxTrouble("without TLS only this machine (loopback) is allowed")
        try:
            context = ssl.create_default_context(cafile=server.ca_file or None)
            encrypted = server.tls == "tls"
            client = IMAPClient(server.host, server.port, ssl=encrypted, ssl_context=context, timeout=TIMEOUT)
            client.normalise_times = False
            self._client = client
            if server.tls == "starttls":
                client.starttls(ssl_context=context)
            client._imap.read = _bounded(client._imap.read)
            client.login(server.user, server.password)
        except LoginError as error:
            self._close()
            raise OldMailboxTrouble(clean(str(error), 200)) from error
        except FAULTS as error:
            self._close()
            raise OldMailboxTrouble(clean(f"{type(error).__name__}: {error}", 200)) from error
        return self

    def __exit__(self, *_exception: object) -> None:
        self._close()

    def folders(self) -> list[OldFolder]:
        """All of them."""
        with _faults():
            found = self._client.list_folders()[:MOST_FOLDERS]
            return [
                OldFolder(str(name), _flags(flags), (delimiter or b"").decode("ascii", "replace"))
                for flags, delimiter, name in found
                if not set(str(name)) & set("\r\n\0")
            ]

    def open(self, name: str) -> tuple[int, list[int]]:
        """UIDVALIDITY and all UIDs, in order; nothing is marked as read."""
        with _faults():
            said = self._client.select_folder(name, readonly=True)
            return int(said[b"UIDVALIDITY"]), sorted(map(int, self._client.search("ALL")))

    def sizes(self, uids: Sequence[int]) -> list[tuple[int, int]]:
        """Those of the UIDs that are still there, with the size of each."""
        found: dict[int, int] = {}
        with _faults():
            for start in range(0, len(uids), MOST_UIDS):
                said = self._client.fetch(uids[start : start + MOST_UIDS], ["RFC822.SIZE"])
                found |= {
                    int(uid): int(row[b"RFC822.SIZE"]) for uid, row in said.items() if b"RFC822.SIZE" in row
                }
        return [(uid, found[uid]) for uid in uids if uid in found]

    def mails(self, uids: Sequence[int]) -> Iterator[OldMail]:
        """Those whose body arrived."""
        with _faults():
            said = self._client.fetch(list(uids), ["FLAGS", "INTERNALDATE", "BODY.PEEK[]"])
        for uid in uids:
            row = said.get(uid, {})
            content = row.get(b"BODY[]")
            if content:
                date = row.get(b"INTERNALDATE")
                known = isinstance(date, datetime) and date.tzinfo is not None
                yield OldMail(uid, _flags(row.get(b"FLAGS", ())), date if known else _NO_DATE, bytes(content))

    def _close(self) -> None:
        if self._client is not None:
            client, self._client = self._client, None
            client.__exit__(None, None, None)  # ends the session, whatever state it is in


_NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)


class _faults:
    """Everything that the library raises on strange answers becomes one kind of trouble."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, FAULTS):
            raise OldMailboxTrouble(clean(f"{type(error).__name__}: {error}", 200)) from error


def _bounded(read: Any) -> Any:
    """imaplib reads a literal as large as the server says; a mail is never that large."""

    def bounded(size: int) -> bytes:
        if size > LARGEST + (1 << 20):
            raise OSError(f"an answer of {size} octets")
        return bytes(read(size))

    return bounded


def _flags(flags: Any) -> tuple[str, ...]:
    return tuple(flag.decode("ascii", "replace") for flag in flags if isinstance(flag, bytes))


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
