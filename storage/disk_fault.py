"""Is it the disk that failed? After such an error nothing may be believed any more (PROMISES R7).

A full disk, a busy database or a lost connection pass; these do not. After a failed fsync the
kernel may have dropped the pages, and the next fsync "succeeds" without them (PostgreSQL 2018),
so the only way on is a new start from what the disk really holds.
"""

from __future__ import annotations

import errno
import sqlite3

from storage.spool_disk import SpoolCorrupt

_ERRORS = {errno.EIO, errno.EUCLEAN, errno.ENXIO, errno.ENODEV}
_SQLITE = {
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_IOERR_READ,
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_DIR_FSYNC,
    sqlite3.SQLITE_IOERR_TRUNCATE,
    sqlite3.SQLITE_CORRUPT,
}


def disk_fault(error: BaseException | None) -> str:
    """What the disk did, in its own words; empty when the disk is not to blame."""
    while error is not None:
        broken_file = isinstance(error, OSError) and error.errno in _ERRORS
        broken_database = getattr(error, "sqlite_errorcode", None) in _SQLITE
        if broken_file or broken_database or isinstance(error, SpoolCorrupt):
            return str(error)
        error = getattr(error, "orig", None) or error.__cause__
    return ""
