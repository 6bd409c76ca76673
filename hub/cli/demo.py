"""``vanthu demo``: a fresh hub, real documents over SMTP and a scanner folder, and what became of them."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from connectors.readers.pool import ReadFailed
from connectors.scans import tesseract
from connectors.transports.sink import MailSink
from hub import config as configuration
from hub.cli.console import console
from hub.cli.demo_answer import show_answer, show_decisions
from hub.cli.demo_mailbox import can_be_shown, show_mailbox
from hub.cli.demo_month import show_month
from hub.cli.demo_report import Report, print_addresses, print_report, progress
from hub.cli.demo_why import show_why
from hub.context import Hub
from hub.founding import found, sample_text
from hub.read_file import read_file
from hub.sending import SendRefused, send_files
from hub.settings import Config
from hub.texts import _
from rules.vocabulary import ArrivalState, DeliveryState, StepState
from storage.tables.arrivals import arrivals
from storage.tables.deliveries import deliveries
from storage.tables.machinery import steps

PATIENCE = 90.0  # seconds for everything to arrive
START_SECONDS = 60.0  # a busy machine takes long to import a mail server
GENERAL = "congvan"
FINAL = (DeliveryState.DELIVERED, DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.HELD)


@dataclass(frozen=True, slots=True)
class Errand:
    """One document and how it is handed in."""

    file: Path
    sender: str = ""
    to: str = ""
    subject: str = ""
    scanner: str = ""


class DemoFailed(Exception):
    """Why there is nothing to show, in one sentence."""


def show_demo(files: Sequence[Path], data: Path | None, *, keep: bool) -> int:
    """Run the demo; 0 when every document ended where a person or a unit can see it.

    Raises DemoFailed, FoundingRefused.
    """
    folder = data or Path(tempfile.mkdtemp(prefix="vanthu-demo-"))
    try:
        with console.status(_("making a sample province")):
            hub = found(folder, sample=True)
        try:
            return _show(hub, files, folder, keep=keep)
        finally:
            hub.database.close()
    finally:
        if data is None and not keep:
            shutil.rmtree(folder, ignore_errors=True)


def _show(hub: Hub, files: Sequence[Path], folder: Path, *, keep: bool) -> int:
    smtp, outside, web = _free_port(), _free_port(), _free_port()
    imap = _free_port() if can_be_shown() else 0
    _tell_ports(folder, hub.config, smtp, outside, web, imap)
    with (
        resources.as_file(resources.files("hub").joinpath("sample", "documents")) as samples,
        MailSink(folder / "outside", outside),
    ):
        errands = _own(files, hub) if files else _samples(samples)
        with progress(len(errands)) as advance, contextlib.ExitStack() as running:
            running.enter_context(_served(folder, smtp))
            began = time.monotonic()
            for errand in errands:
                _hand_in(folder, errand, smtp)
                advance(errand.file.name)
            settled = _wait(hub, len(errands), advance)
            took = time.monotonic() - began
            serving = running.pop_all()
        with serving:
            print_report(Report.of(hub), folder, took)
            show_why(hub)
            show_answer(hub, smtp)
            show_decisions(hub, smtp)
            if imap:
                show_mailbox(hub, imap)
            show_month(hub)
            if keep:
                _stay(folder, smtp, hub.config.domain)
    return 0 if settled else 1


def _samples(folder: Path) -> list[Errand]:
    """The documents of the sample; the scan too, where this machine has OCR."""
    listed = tomllib.loads(sample_text("demo.toml"))
    scans = [] if tesseract.lacking() else listed["scan"]
    return [
        Errand(
            folder / item["file"],
            item.get("sender", ""),
            item.get("to", ""),
            item.get("subject", ""),
            item.get("scanner", ""),
        )
        for item in [*listed["document"], *listed["asked"], *scans]
    ]


def _own(files: Sequence[Path], hub: Hub) -> list[Errand]:
    """The user's files, each sent by a clerk of the unit that its header names."""
    return [
        Errand(file, _clerk_for(file, hub), f"{GENERAL}@{hub.config.domain}", file.stem) for file in files
    ]


def _clerk_for(file: Path, hub: Hub) -> str:
    try:
        issuers = [item["issuer"] for item in read_file(file, hub)]
    except ReadFailed:  # because the hub shall show what it does with a file that nobody can read
        issuers = []
    units = [unit for issuer in issuers if issuer and (unit := hub.directory.keeper(issuer))]
    for unit in [*units, hub.directory.central or ""]:
        clerks = hub.directory.clerks(unit, hub.today())
        if clerks:
            return clerks[0].email
    raise DemoFailed("the sample organisation has no clerk")


def _hand_in(folder: Path, errand: Errand, smtp: int) -> None:
    if errand.scanner:
        shutil.copy(errand.file, folder / "scan" / errand.scanner / errand.file.name)
    else:
        try:
            send_files([errand.file], [errand.to], errand.sender, errand.subject, f"127.0.0.1:{smtp}")
        except SendRefused as error:
            raise DemoFailed(str(error)) from error


def _wait(hub: Hub, expected: int, advance: Any) -> bool:
    """Until every arrival is settled and every delivery over; False when patience ends."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if _settled(hub, expected):
            return True
        advance("")
        time.sleep(0.1)
    return False


def _settled(hub: Hub, expected: int) -> bool:
    with hub.database.reading() as connection:
        came = connection.execute(
            select(func.count()).where(arrivals.c.state != ArrivalState.RECEIVED)
        ).scalar_one()
        working = connection.execute(
            select(func.count()).where(steps.c.state.in_((StepState.READY, StepState.RUNNING)))
        ).scalar_one()
        travelling = connection.execute(
            select(func.count()).where(deliveries.c.state.not_in(FINAL))
        ).scalar_one()
    return bool(came >= expected and not working and not travelling)


@contextlib.contextmanager
def _served(folder: Path, smtp: int) -> Iterator[None]:
    """A real hub in a process of its own."""
    log = (folder / "serve.log").open("wb")
    command = [sys.executable, "-c", "from hub.cli import main; main()", "serve", "--data", str(folder)]
    process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait_for_port(process, smtp, folder)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)
        log.close()


def _wait_for_port(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    words = (folder / "serve.log").read_text(errors="replace").strip().splitlines() or ["-"]
    raise DemoFailed(_("the hub did not start: {why}").format(why=words[-1]))


def _tell_ports(folder: Path, config: Config, smtp: int, outside: int, web: int, imap: int) -> None:
    configuration.write(
        folder / "config.toml",
        {
            "organisation": {"name": config.organisation.name, "domains": list(config.organisation.domains)},
            "smtp": {
                "port": smtp,
                "tls_cert": config.smtp.tls_cert,
                "tls_key": config.smtp.tls_key,
                "trusted_networks": list(config.smtp.trusted_networks),
            },
            "scanner": {"settle_seconds": 1.0, "poll_seconds": 0.3},
            "delivery": {"smarthost": f"127.0.0.1:{outside}", "smarthost_tls": "none"},
            "web": {"port": web},
            "mailboxes": {"imap": f"127.0.0.1:{imap}" if imap else ""},
        },
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _stay(folder: Path, smtp: int, domain: str) -> None:
    print_addresses(folder, smtp, domain)
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            time.sleep(3600)
