"""A hub served in a process of its own with a real Dovecot beside it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import smtplib
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient

from connectors.mailboxes.dovecot import find_program
from connectors.transports.sink import MailSink
from hub import config as configuration
from hub.desk.signing import first_keys
from hub.founding import found

DOMAIN = "binhlam.example"
COMMAND = [sys.executable, "-c", "from hub.cli import main; main()"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class House:
    """One data folder, its ports, and the commands of a clerk."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self.data = folder / "data"
        names = ("smtp", "imap", "imaps", "submission", "submissions", "web", "outside")
        self.ports = {name: free_port() for name in names}
        self.outside = MailSink(folder / "outside", self.ports["outside"])
        self.people: list[str] = []
        self.process: subprocess.Popen[bytes] | None = None
        hub = found(self.data, sample=True, storage_url=url)
        first_keys(hub)
        hub.database.close()
        place = {name: f"127.0.0.1:{port}" for name, port in self.ports.items()}
        configuration.write(
            self.data / "config.toml",
            {
                "organisation": {"name": "UBND tỉnh Bình Lâm", "domains": [DOMAIN], "language": "vi"},
                "smtp": {
                    "port": self.ports["smtp"],
                    "tls_cert": str(self.data / "tls.crt"),
                    "tls_key": str(self.data / "tls.key"),
                },
                **({"storage": {"url": url}} if url else {}),
                "mailboxes": {
                    "imap": place["imap"],
                    "imaps": place["imaps"],
                    "submission": place["submission"],
                    "submissions": place["submissions"],
                },
                "checks": {"dns": False},
                "delivery": {"smarthost": place["outside"], "smarthost_tls": "none"},
                "web": {"port": self.ports["web"]},
            },
        )

    def start(self) -> None:
        """Serve until everything answers."""
        with (self.data / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "serve", "--data", str(self.data)], stdout=log, stderr=log
            )
        for name in ("imap", "submission", "smtp"):
            wait_until(lambda name=name: answers(self.ports[name]), 90)  # type: ignore[misc]

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=30)
            self.process = None

    def run(self, *arguments: str, give: str = "") -> subprocess.CompletedProcess[str]:
        """A command as a clerk types it."""
        command = [*COMMAND, *arguments, "--data", str(self.data)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, input=give, check=False)

    def written_outside(self) -> bytes:
        """Everything that left through the smarthost."""
        folder = self.data.parent / "outside"
        return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())

    def mails_outside(self) -> list[bytes]:
        folder = self.data.parent / "outside"
        return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]

    def published_key(self, name: bytes, timeout: int = 5) -> bytes:
        """What DNS would say of a key, as ``vanthu dns`` prints it."""
        wanted = name.decode().rstrip(".")
        return next(str(r["value"]) for r in self.json("dns") if r["name"] == wanted).encode()

    def json(self, *arguments: str) -> Any:
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def issue(self, *people: str) -> list[dict[str, str]]:
        made: list[dict[str, str]] = self.json("mailbox", "issue", *people)
        return made

    def spare(self, count: int) -> list[str]:
        """Addresses of people whom no other test issues a mailbox: from the end of the list, once each."""
        if not self.people:
            self.people = list(dict.fromkeys(person["email"] for person in self.json("staff")))[20:]
        return [self.people.pop() for _time in range(count)]

    def imap(self, address: str, password: str) -> IMAPClient:
        client = IMAPClient("127.0.0.1", self.ports["imap"], ssl=False, timeout=20)
        try:
            client.login(address, password)
        except BaseException:
            client.shutdown()
            raise
        return client

    @contextlib.contextmanager
    def submission(self, address: str = "", password: str = "") -> Iterator[smtplib.SMTP]:
        with smtplib.SMTP("127.0.0.1", self.ports["submission"], timeout=20) as client:
            client.starttls(context=trusting())
            if address:
                client.login(address, password)
            yield client


def plain(sender: str, to: str, subject: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail.set_content("Kính gửi\n")
    return mail


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2) as peer:
        peer.settimeout(5)
        return bool(peer.recv(10))
    return False


def wait_until(true: Any, seconds: float = 45, pause: float = 0.1) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found_it = true()
        if found_it:
            return found_it
        time.sleep(pause)
    raise AssertionError("it did not come true in time")


def subjects(client: IMAPClient, folder: str = "INBOX") -> list[str]:
    """The subjects in a folder, in order."""
    client.select_folder(folder)
    found_mails = client.search("ALL")
    envelopes = client.fetch(found_mails, ["ENVELOPE"]) if found_mails else {}
    from email.header import decode_header, make_header

    return [
        str(make_header(decode_header((envelopes[uid][b"ENVELOPE"].subject or b"").decode())))
        for uid in found_mails
    ]


def served(url: str = "") -> Iterator[House]:
    if find_program("") is None:
        pytest.skip("Dovecot is not installed (dovecot-imapd, dovecot-lmtpd, dovecot-sieve)")
    folder = Path(tempfile.mkdtemp(prefix="vanthu-mailboxes-"))
    house = House(folder, url)
    try:
        with house.outside:
            house.start()
            yield house
    finally:
        house.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    """Shared by the tests that leave it as they found it; VANTHU_HOUSE=postgresql runs them all on that."""
    postgres = os.environ.get("VANTHU_HOUSE") == "postgresql"
    yield from served(request.getfixturevalue("postgres_server").fresh() if postgres else "")
