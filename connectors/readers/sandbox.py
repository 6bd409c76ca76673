"""What a reading child gives up before it touches foreign bytes (Linux; PROMISES S12)."""

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Iterable

from connectors.readers import landlock
from connectors.readers.limits import ReadLimits

_LIBC = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/fonts")
_PACKAGES = ("connectors", "rules")  # because a data folder may lie beside them
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38


def drop_network() -> bool:
    """Move into an empty network namespace; True when no network is left.

    Without root this needs a user namespace of our own, which some systems forbid.
    """
    flags = _CLONE_NEWNET if os.geteuid() == 0 else _CLONE_NEWUSER | _CLONE_NEWNET
    return bool(_LIBC.unshare(flags) == 0)


def confine(own: Iterable[tuple[str, int]]) -> bool:
    """Give up every file but the programs of the system, ours without their data, and these paths, each with
    its ``landlock`` rights. False where the kernel has no Landlock or forbids it.
    """
    if not landlock.version():
        return False
    ours = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    programs = (*_SYSTEM, sys.prefix, sys.base_prefix, *(os.path.join(ours, name) for name in _PACKAGES))
    system = [(path, landlock.RUN) for path in programs]
    devices = [("/dev/null", landlock.CHANGE), ("/dev/urandom", landlock.READ)]
    try:
        landlock.confine([*system, *devices, *own])
    except OSError as error:  # as in a container whose rules know the call but forbid it
        print(error, file=sys.stderr)
        return False
    return True


def restrict(limits: ReadLimits) -> None:
    """Limits for the process's whole life; nothing can raise them again."""
    _set(resource.RLIMIT_AS, limits.memory_bytes)
    _set(resource.RLIMIT_FSIZE, limits.file_bytes)
    _set(resource.RLIMIT_NOFILE, limits.open_files)
    _set(resource.RLIMIT_CORE, 0)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then a write past the limit is an error that names itself
    _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _LIBC.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def die_with_parent() -> None:
    """Be killed when the parent is (the kernel looks at the thread that started us)."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def grant_processor(seconds: int) -> None:
    """Let this process use so many more seconds of processor time; SIGXCPU ends it after."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    ceiling = int(used.ru_utime + used.ru_stime) + 1 + seconds
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (ceiling, hard))


def _set(what: int, amount: int) -> None:
    _, hard = resource.getrlimit(what)
    top = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
    resource.setrlimit(what, (top, top))
