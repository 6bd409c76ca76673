"""Delivery into a folder that other software empties: temp, fsync, rename, fsync of the directory.

The file's name comes from the delivery's key, so that a repeat after a crash
lies down over its earlier copy, or is known by the list of names that were taken away.
"""

import errno
import hashlib
import os
import re
import secrets
from pathlib import Path

from connectors.transports import reasons
from rules.values.sending import Address, Deferred, Failed, Outbound, Outcome, Sent

_ADDRESS = re.compile(r"[a-z]{2,20}:[\w.\-]{1,60}")  # a scheme and the receiver's id in it
_FULL = (errno.ENOSPC, errno.EDQUOT)


class FolderTransport:
    """Writes ``<digest of the key>.<ending>`` into one folder, which is made when it is missing."""

    def __init__(self, folder: Path, ending: str = "edxml") -> None:
        self._folder, self._ending = folder, ending

    def deliver(self, key: str, to: Address, parcel: Outbound) -> Outcome:
        if not _ADDRESS.fullmatch(to.email):
            return Failed(reasons.BAD_ADDRESS)
        name = f"{hashlib.sha256(key.encode(errors='replace')).hexdigest()[:32]}.{self._ending}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if (self._folder / name).exists() and not parcel.first_try:
                return Sent("was there")
            self._write(name, parcel)
        except OSError as error:
            if error.errno == errno.EIO:  # because a second fsync may "succeed" (PROMISES R7)
                raise
            full = error.errno in _FULL
            return Deferred(reasons.DISK_FULL if full else f"{reasons.DISK_ERROR}: {error.strerror}")
        return Sent("folder")

    def _write(self, name: str, parcel: Outbound) -> None:
        draft = self._folder / f".{name}.{secrets.token_hex(4)}"
        try:
            with draft.open("xb") as file:
                for piece in parcel.pieces():
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(self._folder / name)
        except OSError:
            draft.unlink(missing_ok=True)
            raise
        handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
