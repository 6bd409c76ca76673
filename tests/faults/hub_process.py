"""The real hub as a process that the tests start, strike and look after."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hub.context import Hub

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
START_SECONDS = 30.0


class Nursery:
    """Forks hubs from a process that has imported everything (``zygote``); remembers whom it started."""

    def __init__(self, cache: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(cache)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # because each hub starts reading children anew
        self._zygote = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.zygote"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            cwd=ROOT,
        )
        self._alive: set[int] = set()

    def start(
        self,
        arguments: Sequence[str],
        log: Path,
        *,
        plants: Sequence[str] = (),
        environment: dict[str, str] | None = None,
        halted: bool = False,
    ) -> int:
        """The pid of a new ``vanthu``; ``halted`` it waits for SIGCONT before its first step."""
        order = {
            "start": list(arguments),
            "log": str(log),
            "plants": [f"tests.faults.plants.{name}" for name in plants],
            "environment": environment or {},
            "halted": halted,
        }
        pid = int(self._ask(order)["pid"])
        self._alive.add(pid)
        return pid

    def code(self, pid: int) -> int | None:
        """The exit code, as ``subprocess`` has it; None while it lives."""
        code = self._ask({"poll": pid})["code"]
        if code is not None:
            self._alive.discard(pid)
        return None if code is None else int(code)

    def close(self) -> None:
        for pid in tuple(self._alive):
            os.kill(pid, signal.SIGKILL)
        assert self._zygote.stdin is not None and self._zygote.stdout is not None
        self._zygote.stdin.close()
        self._zygote.wait(timeout=20)
        self._zygote.stdout.close()

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._zygote.stdin is not None and self._zygote.stdout is not None
        self._zygote.stdin.write(json.dumps(order) + "\n")
        self._zygote.stdin.flush()
        answer: dict[str, Any] = json.loads(self._zygote.stdout.readline())
        return answer


@dataclass
class HubProcess:
    """One data folder, served by one process after another on one port."""

    nursery: Nursery
    data: Path
    port: int
    log: Path
    plants: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    pid: int = 0

    def start(self, *options: str, halted: bool = False) -> None:
        arguments = ["serve", "--data", str(self.data), "--smtp", f"127.0.0.1:{self.port}"]
        arguments += ["--web", "off", *options]
        self.pid = self.nursery.start(
            arguments, self.log, plants=self.plants, environment=self.environment, halted=halted
        )

    def ready(self, seconds: float = START_SECONDS) -> float:
        """Wait until it greets; how long that took. AssertionError with its last words when it does not."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            if greets(self.port):
                return time.monotonic() - began
            if self.code is not None:
                break
            time.sleep(0.01)
        raise AssertionError(f"the hub did not start (exit code {self.code}):\n{self.words()}")

    @property
    def code(self) -> int | None:
        """How the process ended, or None."""
        return self.nursery.code(self.pid)

    def kill(self) -> None:
        """kill -9, and only then return."""
        self._send(signal.SIGKILL)
        self.wait(10)

    def stop(self, seconds: float = 15.0) -> float:
        """SIGTERM; how long it took. AssertionError when it did not end in order."""
        began = time.monotonic()
        self._send(signal.SIGTERM)
        code = self.wait(seconds)
        assert code == 0, f"the hub ended with {code}:\n{self.words()}"
        return time.monotonic() - began

    def _send(self, number: signal.Signals) -> None:
        if self.pid and self.code is None:
            os.kill(self.pid, number)

    def wait(self, seconds: float) -> int | None:
        """The exit code, or None when it still lives after so long."""
        until = time.monotonic() + seconds
        while (code := self.code) is None and time.monotonic() < until:
            time.sleep(0.005)
        return code

    def words(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""


def greets(port: int) -> bool:
    """Whether somebody says 220 on the port."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.settimeout(5)
            return connection.recv(64).startswith(b"220")
    except OSError:
        return False


def free_port() -> int:
    """A port nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def with_settings(data: Path, hub: Hub | None = None, **sections: dict[str, Any]) -> None:
    """Rewrite the configuration for the tests, with further settings on top."""
    from hub import config as configuration

    read = configuration.load(data / "config.toml")
    values: dict[str, dict[str, Any]] = {
        "organisation": {"name": read.organisation.name, "domains": list(read.organisation.domains)},
        "storage": {"reserve_share": 0.0},
        "smtp": {
            "tls_cert": str(data / "tls.crt"),
            "tls_key": str(data / "tls.key"),
            "trusted_networks": ["127.0.0.0/8"],
            "max_message_mb": 2,
        },
        "scanner": {"settle_seconds": 0.5, "poll_seconds": 0.1},
        "reading": {"children": 1},
    }
    for name, settings in sections.items():
        values[name] = {**values.get(name, {}), **settings}
    configuration.write(data / "config.toml", values)


def log_lines(hub: HubProcess, pattern: str) -> list[str]:
    """Lines of the hub's log that match."""
    text = hub.log.read_text(errors="replace") if hub.log.exists() else ""
    return [line for line in text.splitlines() if re.search(pattern, line)]
