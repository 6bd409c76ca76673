"""``vanthu serve``: a hub in the foreground until somebody tells it to stop."""

from __future__ import annotations

import dataclasses
import logging
import signal
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import typer

from hub import texts
from hub.app import AlreadyRunning, open_hub, writing_lock
from hub.cli.console import fail, say
from hub.serving import PARTS, Service
from hub.settings import Config
from hub.texts import _
from storage.engine import DatabaseUnsafe
from storage.migrate import SchemaTooNew
from storage.spool import SpoolBroken


def serve_until_told(folder: Path, places: Mapping[str, str], only: list[str], *, verbose: bool) -> None:
    """Run until SIGTERM or Ctrl-C; what cannot run says why in one line."""
    logging.getLogger("vanthu").setLevel(logging.DEBUG if verbose else logging.INFO)
    hub = open_hub(folder)
    texts.use(hub.config.organisation.language)  # because its answers go to the organisation's people
    for name, address in places.items():
        if address:
            hub.config = WITH[name](hub.config, address)
    service = Service(hub, _parts(only))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _signal, _frame: stop.set())
    try:
        with writing_lock(hub):
            service.start()
            if not service.fault:
                address = f"{hub.config.smtp.host}:{hub.config.smtp.port}"
                say(_("serving {folder}, mail at {address}").format(folder=folder, address=address))
            while not stop.wait(0.5) and not service.stop_event.is_set():
                pass
            service.stop()
    except (AlreadyRunning, DatabaseUnsafe, SchemaTooNew, SpoolBroken) as error:
        service.stop()
        fail(str(error))
    except BaseException:
        service.stop()  # because threads that live on would keep a broken hub alive
        raise
    if service.fault:
        fail(service.fault)


def with_smtp(config: Config, address: str) -> Config:
    """The configuration with another listening address for mail. Raises typer.BadParameter."""
    host, port = _host_and_port(address)
    return dataclasses.replace(config, smtp=dataclasses.replace(config.smtp, host=host, port=port))


def with_web(config: Config, address: str) -> Config:
    """The configuration with another listening address for pages, or none. Raises typer.BadParameter."""
    host, port = ("", 0) if address == "off" else _host_and_port(address)
    return dataclasses.replace(config, web=dataclasses.replace(config.web, host=host, port=port))


def with_imap(config: Config, address: str) -> Config:
    """The configuration with a listening address for mail programs that read. Raises typer.BadParameter."""
    _host_and_port(address)
    return dataclasses.replace(config, mailboxes=dataclasses.replace(config.mailboxes, imap=address))


def with_submission(config: Config, address: str) -> Config:
    """The configuration with a listening address for mail programs that send. Raises typer.BadParameter."""
    _host_and_port(address)
    return dataclasses.replace(config, mailboxes=dataclasses.replace(config.mailboxes, submission=address))


WITH: Mapping[str, Callable[[Config, str], Config]] = {
    "smtp": with_smtp,
    "web": with_web,
    "imap": with_imap,
    "submission": with_submission,
}


def _host_and_port(address: str) -> tuple[str, int]:
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65535:
        raise typer.BadParameter(_("write HOST:PORT, as 127.0.0.1:2525"))
    return host.strip("[]"), int(port)


def _parts(only: list[str]) -> tuple[str, ...]:
    wanted = [part for item in only for part in item.split(",") if part]
    unknown = [part for part in wanted if part not in PARTS]
    if unknown:
        raise typer.BadParameter(
            _("{part} is no part; parts: {parts}").format(part=unknown[0], parts=", ".join(PARTS))
        )
    return tuple(part for part in PARTS if part in wanted) or PARTS
