"""Delivery into the hub's own mailboxes: tmp, fsync, rename into new, fsync of the directory.

The file name comes from the delivery key, so that the same key finds its own
earlier copy: a crash between rename and the row in the ledger repeats a
delivery, and the reader shall see one mail (PROMISES R4).
"""

import errno
import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path

from connectors.mailboxes.maildir import create, fsync_directory, place
from connectors.transports import reasons
from rules.mail_address import wire_address
from rules.text.gate import clean
from rules.values.sending import Address, Deferred, Delivered, Failed, Outbound, Outcome

_FULL = (errno.ENOSPC, errno.EDQUOT)
_REST_SECONDS = 20.0  # it is our own disk: what waits for room comes within two minutes (PROMISES R6)


class MaildirTransport:
    """Writes into ``<root>/<address.mailbox>/new``; a missing mailbox is made."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def deliver(self, key: str, to: Address, parcel: Outbound) -> Outcome:
        try:
            home = place(self._root, to.mailbox or "")
        except ValueError:
            return Failed(f"{reasons.NO_MAILBOX_PATH}: {clean(to.mailbox, 100)}")
        trace = _trace(to, parcel)
        if trace is None:
            return Failed(reasons.BAD_ADDRESS)
        try:
            base = _base(key)
            earlier = _there(str(home), base, parcel.first_try)
            if earlier is not None:
                fsync_directory(earlier)  # because the writer may have died between rename and this
                return Delivered("was there")
            self._store(home, base, (trace, *parcel.pieces()))
        except OSError as error:
            if error.errno == errno.EIO:  # because a second fsync may "succeed" (PROMISES R7)
                raise
            full = error.errno in _FULL
            why = reasons.DISK_FULL if full else f"{reasons.DISK_ERROR}: {error.strerror}"
            return Deferred(why, after=_REST_SECONDS)
        return Delivered("maildir")

    def _store(self, home: Path, base: str, pieces: tuple[bytes, ...]) -> None:
        try:
            _write(str(home), base, pieces)
        except FileNotFoundError:
            create(self._root, home)
            _write(str(home), base, pieces)


def _base(key: str) -> str:
    """The unique part of the file name: a digest, because a key is data and never a path."""
    return f"vanthu.{hashlib.sha256(key.encode(errors='replace')).hexdigest()[:32]}"


def _there(home: str, base: str, first_try: bool) -> str | None:
    """The folder that holds this delivery already, or None.

    A mail program moves what it saw to cur/ and adds flags to the name, so
    only a look at all names finds it there. That look costs 50 ms in a mailbox
    of 100,000 mails, so it is kept for repeats; the ledger knows the first try.
    """
    new, cur = f"{home}/new", f"{home}/cur"
    if os.path.exists(f"{new}/{base}"):
        return new
    if not first_try and _holds(cur, base):
        return cur
    return None


def _holds(directory: str, base: str) -> bool:
    try:
        names = os.listdir(directory)
    except FileNotFoundError:
        return False
    return any(name.startswith(base) for name in names)


def _write(home: str, base: str, pieces: tuple[bytes, ...]) -> None:
    # Plain strings, because this is done four times a document. The name in tmp/ is new each time:
    # two writers of one key then end in one rename over the other.
    draft, new = f"{home}/tmp/{base}.{secrets.token_hex(4)}", f"{home}/new"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        _write_durably(descriptor, pieces)
        os.rename(draft, f"{new}/{base}")
    except OSError:
        with suppress(FileNotFoundError):  # because it may have been renamed already
            os.unlink(draft)
        raise
    fsync_directory(new)


def _write_durably(descriptor: int, pieces: tuple[bytes, ...]) -> None:
    """All pieces in one call where the kernel takes them, no copy of the files; then fsync."""
    try:
        views = [memoryview(piece) for piece in pieces if piece]
        while views:
            written = os.writev(descriptor, views)
            while views and written >= len(views[0]):
                written -= len(views.pop(0))
            if views:
                views[0] = views[0][written:]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _trace(to: Address, parcel: Outbound) -> bytes | None:
    """The two lines of final delivery: who answers for it (RFC 5321 4.4) and whose mailbox it is."""
    sender = wire_address(parcel.mail_from) if parcel.mail_from else ""
    receiver = wire_address(to.email)
    if sender is None or receiver is None:
        return None
    return f"Return-Path: <{sender}>\r\nDelivered-To: {receiver}\r\n".encode()
