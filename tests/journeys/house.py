"""A real hub in a process of its own, with what a journey needs to use it and to look at it."""

import contextlib
import io
import json
import os
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, default
from email.utils import make_msgid
from itertools import count
from pathlib import Path
from typing import Any
from unittest import mock

from sqlalchemy import func, select

from hub import config as configuration
from hub import listing, texts
from hub.app import open_hub
from hub.cli import program
from hub.context import Hub
from rules.identify.identity import folded_symbol
from rules.vocabulary import DeliveryState, StepState, WaitingList
from storage import arrivals as arrival_rows
from storage import deliveries, documents
from storage.engine import AnyRow
from storage.tables.arrivals import arrivals
from storage.tables.deliveries import deliveries as ledger
from storage.tables.machinery import steps
from storage.tables.registers import register_entries

DOMAIN = "binhlam.example"
GENERAL = f"congvan@{DOMAIN}"
START_SECONDS = 30.0
SETTLE_SECONDS = 40.0
PROGRAM = [sys.executable, "-c", "from hub.cli import main; main()"]
OVER = (DeliveryState.DELIVERED, DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.HELD)
WORKING = (StepState.READY, StepState.RUNNING)
NUMBERS = count(1)
ENGLISH = {"LC_ALL": "en_US.UTF-8", "COLUMNS": "240", "PYTHONUTF8": "1"}
File = tuple[str, bytes]


def intake(unit: str) -> str:
    """The address at which a unit takes documents."""
    return f"vanthu.{unit}@{DOMAIN}"


def person(name: str) -> str:
    """The address of somebody on the staff."""
    return f"{name}@{DOMAIN}"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Said:
    """What a command said."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: str, check: bool = True) -> Said:
    """One command in a process of its own, as at a console, in English."""
    environment = os.environ | ENGLISH
    done = subprocess.run(
        [*PROGRAM, *arguments], capture_output=True, text=True, env=environment, timeout=90, check=False
    )
    return _checked(Said(done.returncode, done.stdout, done.stderr), arguments, check)


def here(*arguments: str, check: bool = True) -> Said:
    """The same without a new process, because starting one costs a second."""
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, ENGLISH),
        texts.speaking("en"),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = program.run(arguments)
    return _checked(Said(code, out.getvalue(), err.getvalue()), arguments, check)


def _checked(said: Said, arguments: Sequence[str], check: bool) -> Said:
    assert not check or said.returncode == 0, f"{' '.join(arguments)}: {said}"
    return said


def mail(
    sender: str,
    to: Sequence[str],
    files: Iterable[File] = (),
    *,
    subject: str = "Gửi văn bản",
    text: str = "Kính gửi văn bản kèm theo.",
    headers: dict[str, str] | None = None,
) -> bytes:
    """A mail as a clerk's program writes it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, ", ".join(to), subject
    message["Message-ID"] = make_msgid(str(next(NUMBERS)), domain="client.example")
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(text)
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes(policy=SMTP)


def words(message: EmailMessage) -> str:
    """What a mail says in plain text."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


class House:
    """One data folder, the processes that serve it, and a reader's eyes on it."""

    def __init__(self, data: Path, outside: int = 0, url: str = "", **settings: dict[str, Any]) -> None:
        self.data, self.port, self.login_port = data, free_port(), 0
        self._expected = 0
        self._processes: list[subprocess.Popen[bytes]] = []
        self._hub: Hub | None = None
        self._configure(outside, url, settings)

    def _configure(self, outside: int, url: str, settings: dict[str, dict[str, Any]]) -> None:
        standing = {
            "organisation": {"name": "UBND tỉnh Bình Lâm", "domains": [DOMAIN]},
            "smtp": {
                "port": self.port,
                "tls_cert": str(self.data / "tls.crt"),
                "tls_key": str(self.data / "tls.key"),
                "trusted_networks": ["127.0.0.0/8", "::1/128"],
            },
            "scanner": {"settle_seconds": 0.4, "poll_seconds": 0.1},
            "delivery": {"smarthost": f"127.0.0.1:{outside}", "smarthost_tls": "none"} if outside else {},
            "storage": {"url": url},
            "web": {"host": ""},
        }
        names = (*standing, *(name for name in settings if name not in standing))
        merged = {name: {**standing.get(name, {}), **settings.get(name, {})} for name in names}
        configuration.write(self.data / "config.toml", merged)

    # -- the processes ----------------------------------------------------------

    def start(self, *only: str, port: int = 0) -> subprocess.Popen[bytes]:
        """``vanthu serve``; returns when it is ready."""
        arguments = ["serve", "--data", str(self.data), "--smtp", f"127.0.0.1:{port or self.port}"]
        arguments += [word for part in only for word in ("--only", part)]
        before = self._ready_lines()
        with (self.data / "serve.log").open("ab") as log:
            process = subprocess.Popen([*PROGRAM, *arguments], stdout=log, stderr=log)
        self._processes.append(process)
        ends = time.monotonic() + START_SECONDS
        while self._ready_lines() <= before:
            if process.poll() is not None or time.monotonic() > ends:
                raise AssertionError(f"the hub did not start:\n{self.log()[-4000:]}")
            time.sleep(0.03)
        return process

    def stop(self, process: subprocess.Popen[bytes] | None = None, how: int = signal.SIGTERM) -> None:
        """End a process by its own id, or all of them; after SIGTERM it must end well."""
        for running in [process] if process is not None else list(self._processes):
            running.send_signal(how)
            code = running.wait(timeout=30)
            self._processes.remove(running)
            if how == signal.SIGTERM:
                assert code == 0, self.log()[-4000:]

    def close(self) -> None:
        """Stop what runs and let go of the database."""
        try:
            self.stop()
        finally:
            if self._hub is not None:
                self._hub.database.close()
                self._hub = None

    def _ready_lines(self) -> int:
        return self.log().count(" serving ")

    def log(self) -> str:
        """What the processes said."""
        file = self.data / "serve.log"
        return file.read_text(errors="replace") if file.exists() else ""

    # -- handing in ---------------------------------------------------------------

    def send(
        self,
        sender: str,
        to: str | Sequence[str],
        files: Iterable[File] = (),
        *,
        envelope_from: str | None = None,
        known: bool = False,
        **parts: Any,
    ) -> bytes:
        """Mail files to the hub; ``known`` when this very parcel came before. The mail as sent."""
        addresses = [to] if isinstance(to, str) else list(to)
        content = mail(sender, addresses, files, **parts)
        self.send_raw(sender if envelope_from is None else envelope_from, addresses, content, known=known)
        return content

    def send_raw(self, envelope_from: str, to: Sequence[str], content: bytes, *, known: bool = False) -> None:
        """Any bytes under any envelope. Raises the refusals of smtplib."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=60) as client:
            client.sendmail(envelope_from, list(to), content, mail_options=["BODY=8BITMIME"])
        self._expected += 0 if known else 1

    def scan(self, unit: str, direction: str, name: str, content: bytes) -> None:
        """Drop a file as a scanner does: under its last name, in pieces."""
        target = self.data / "scan" / unit / direction / name
        with target.open("wb") as file:
            for start in range(0, len(content), max(1, len(content) // 3)):
                file.write(content[start : start + max(1, len(content) // 3)])
                file.flush()
        self._expected += 1

    # -- waiting ------------------------------------------------------------------

    def settle(self, seconds: float = SETTLE_SECONDS) -> None:
        """Until everything that was handed in is settled, and every delivery over; no step was given up."""
        self.until(self.settled, seconds)
        with self.hub.database.reading() as connection:
            assert listing.parked(connection) == [], self.log()[-4000:]

    def until(self, true: Callable[[], bool], seconds: float = SETTLE_SECONDS) -> None:
        """Until something is so; fails with the end of the log."""
        ends = time.monotonic() + seconds
        while not true():
            if time.monotonic() > ends:
                raise AssertionError(f"waited {seconds} s in vain\n{self.log()[-6000:]}")
            time.sleep(0.03)

    def settled(self) -> bool:
        with self.hub.database.reading() as connection:
            came = connection.execute(select(func.count()).select_from(arrivals)).scalar_one()
            working = connection.execute(
                select(func.count()).select_from(steps).where(steps.c.state.in_(WORKING))
            ).scalar_one()
            travelling = connection.execute(
                select(func.count()).select_from(ledger).where(ledger.c.state.not_in(OVER))
            ).scalar_one()
        return bool(came >= self._expected and not working and not travelling)

    # -- looking ------------------------------------------------------------------

    @property
    def hub(self) -> Hub:
        """The same data, opened for reading in this process."""
        if self._hub is None:
            self._hub = open_hub(self.data, read_only=True)
        return self._hub

    def documents(self, symbol: str = "", status: str = "") -> list[dict[str, Any]]:
        """What ``vanthu documents --json`` shows, oldest first."""
        with self.hub.database.reading() as connection:
            key = folded_symbol(symbol) if symbol else None
            rows = documents.listing(connection, symbol=key, status=status or None)
            return listing.document_rows(connection, rows)[::-1]

    def document(self, symbol: str) -> dict[str, Any]:
        """The one document with this number and symbol."""
        found = self.documents(symbol)
        assert len(found) == 1, f"{len(found)} documents {symbol}\n{self.log()[-3000:]}"
        return found[0]

    def deliveries(self, document: int, kind: str | None = "document") -> list[dict[str, Any]]:
        """What ``vanthu deliveries --json`` shows of a document."""
        with self.hub.database.reading() as connection:
            return listing.delivery_rows(deliveries.listing(connection, kind=kind, document=document))

    def receivers(self, document: int) -> set[str]:
        """The parties that got, or will get, a document."""
        return {row["unit"] for row in self.deliveries(document)}

    def cases(self, kind: str, document: int | None = None) -> list[dict[str, Any]]:
        """What waits on a list, of one document if asked."""
        with self.hub.database.reading() as connection:
            rows = listing.cases(connection, WaitingList(kind))
        return [row for row in rows if document is None or row["document"] == document]

    def arrivals(self, document: int) -> list[AnyRow]:
        """The ways by which a document came in."""
        with self.hub.database.reading() as connection:
            return list(arrival_rows.of_document(connection, document))

    def newest_arrival(self) -> AnyRow:
        """The last thing that came in."""
        with self.hub.database.reading() as connection:
            return connection.execute(select(arrivals).order_by(arrivals.c.id.desc()).limit(1)).one()

    def count(self) -> dict[str, int]:
        """How many rows there are of what must not change when nothing may happen."""
        tables = {"documents": documents.documents, "entries": register_entries, "deliveries": ledger}
        with self.hub.database.reading() as connection:
            return {
                name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for name, table in tables.items()
            }

    def entry(
        self, document: dict[str, Any], unit: str, direction: str = "incoming"
    ) -> dict[str, Any] | None:
        """A unit's line in a book."""
        found = [e for e in document["entries"] if (e["unit"], e["direction"]) == (unit, direction)]
        assert len(found) <= 1
        return found[0] if found else None

    def box(self, address: str, words: str = "") -> list[EmailMessage]:
        """The mails in a mailbox of the hub, those with ``words`` in the subject, oldest first."""
        local, _at, domain = address.partition("@")
        folder = self.data / "mail" / domain / local
        files = [*folder.glob("new/*"), *folder.glob("cur/*")]
        files.sort(key=lambda file: file.stat().st_mtime_ns)
        parser = BytesParser(policy=default)
        mails = [parser.parsebytes(file.read_bytes()) for file in files]
        return [item for item in mails if words in str(item["subject"])]

    def raw_box(self, address: str) -> list[bytes]:
        """The same mails as bytes."""
        local, _at, domain = address.partition("@")
        return [file.read_bytes() for file in (self.data / "mail" / domain / local).glob("new/*")]

    # -- commands -------------------------------------------------------------------

    def command(self, *arguments: str, check: bool = True) -> Said:
        """A command on this data folder, given to the program in this process."""
        return here(*arguments, "--data", str(self.data), check=check)

    def json(self, *arguments: str) -> Any:
        """A command's JSON."""
        return json.loads(self.command(*arguments, "--json").stdout)

    def verified(self) -> dict[str, Any]:
        """``vanthu verify`` finds no error."""
        answer = self.command("verify", "--json", check=False)
        assert answer.returncode == 0, answer.stdout + answer.stderr
        found: dict[str, Any] = json.loads(answer.stdout)
        return found

    def expect(self, arrivals: int) -> None:
        """Something came in by another way than ``send`` and ``scan``."""
        self._expected += arrivals


def moved(template: Path, target: Path) -> Path:
    """A copy of a founded hub's folder."""
    shutil.copytree(template, target)
    return target
