"""The kernel's Landlock: a process gives up all files but those it names (Linux 5.13; PROMISES S12).

By its three system calls, because the packages on the registry are development versions or bring
a sandbox of their own. Their numbers are the same on every architecture. What the kernel of this machine
does not know is left out, so a newer kernel protects more.
"""

import ctypes
import os
from collections.abc import Iterable
from contextlib import suppress

_LIBC = ctypes.CDLL(None, use_errno=True)
_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_ASK_VERSION = 1
_PATH_BENEATH = 1
_PR_SET_NO_NEW_PRIVS = 38

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_FILE, _MAKE_REG = 1 << 5, 1 << 8
_TRUNCATE = 1 << 14
_FILES = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_BIND_AND_CONNECT = 0b11  # TCP, from version 4 on
_SCOPED = 0b11  # abstract unix sockets and signals beyond the process, from version 6 on

READ = _READ_FILE | _READ_DIR
RUN = READ | _EXECUTE
CHANGE = READ | _WRITE_FILE | _REMOVE_FILE | _MAKE_REG | _TRUNCATE
_OF_A_FILE = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """Which Landlock the kernel speaks; 0 where it has none, or it is switched off."""
    return max(0, int(_LIBC.syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_ASK_VERSION))))


def confine(allowed: Iterable[tuple[str, int]]) -> None:
    """Keep only these paths, each with what may be done there; for good, and for every child process.

    A path that does not exist is passed over. Raises OSError where the kernel refuses.
    """
    known = version()
    handled = _FILES[min(known, max(_FILES))]
    rules = _Ruleset(handled, _BIND_AND_CONNECT if known >= 4 else 0, _SCOPED if known >= 6 else 0)
    size = 24 if known >= 6 else 16 if known >= 4 else 8
    ruleset = _checked(_LIBC.syscall(_CREATE, ctypes.byref(rules), ctypes.c_size_t(size), ctypes.c_uint32(0)))
    try:
        for path, rights in allowed:
            _allow(ruleset, path, rights & handled)
        _checked(_LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        _checked(_LIBC.syscall(_RESTRICT, ctypes.c_int(ruleset), ctypes.c_uint32(0)))
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    with suppress(FileNotFoundError):  # because machines differ in which of the system's folders they have
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            if not os.path.isdir(path):
                rights &= _OF_A_FILE
            rule = _Beneath(rights, handle)
            _checked(
                _LIBC.syscall(
                    _ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(_PATH_BENEATH), ctypes.byref(rule),
                    ctypes.c_uint32(0),
                )
            )  # fmt: skip
        finally:
            os.close(handle)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"landlock: {os.strerror(number)}")
    return result
