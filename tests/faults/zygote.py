"""A process that has imported the hub and forks a real ``vanthu`` for every order on its stdin.

Importing takes a second, and the fault tests start the hub hundreds of times. What is forked has
run nothing of the hub yet, so it is the process that ``vanthu serve`` would be. Not a test.

Orders and answers are JSON lines: {"start": [...], ...} -> {"pid": n}, {"poll": pid} -> {"code": n or null}
"""

import ctypes
import importlib
import json
import os
import signal
import sys
from typing import Any

PR_SET_PDEATHSIG = 1
PR_SET_PTRACER = 0x59616D61
ANYBODY = -1
PRELOADED = (
    "hub.cli.program",
    "hub.cli.serving",
    "connectors.registry",
    "alembic.command",
    "sqlalchemy.dialects.sqlite",
    "sqlalchemy.dialects.postgresql",
    "psycopg",
)


def next_life(ended: dict[int, int]) -> dict[str, Any]:
    """Answer orders; returns only in a forked child, with what it shall become."""
    for line in sys.stdin:
        order = json.loads(line)
        if "poll" in order:
            answer: dict[str, Any] = {"code": _code(order["poll"], ended)}
        else:
            pid = os.fork()
            if pid == 0:
                _settle_in(order)
                return dict(order)
            answer = {"pid": pid}
        print(json.dumps(answer), flush=True)
    sys.exit(0)


def _code(pid: int, ended: dict[int, int]) -> int | None:
    """The exit code as subprocess has it, or None while the process lives."""
    if pid not in ended:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found == 0:
            return None
        ended[pid] = os.waitstatus_to_exitcode(status)
    return ended[pid]


def _settle_in(order: dict[str, Any]) -> None:
    """Own session and streams; dies with its parent; strace may attach."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    libc.prctl(PR_SET_PTRACER, ctypes.c_ulong(ANYBODY), 0, 0, 0)
    os.setsid()
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    null = os.open(os.devnull, os.O_RDONLY)
    for target, source in ((0, null), (1, log), (2, log)):
        os.dup2(source, target)
    os.environ.update(order["environment"])
    if order["halted"]:
        os.kill(os.getpid(), signal.SIGSTOP)


if __name__ == "__main__":
    for name in PRELOADED:
        importlib.import_module(name)
    life = next_life({})
    sys.argv = ["vanthu", *life["start"]]
    for module in life["plants"]:
        importlib.import_module(module).plant()
    importlib.import_module("hub.cli").main()
