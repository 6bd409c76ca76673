"""The one place that builds everything: configuration -> parts -> a running hub."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from connectors.ports import Source, Transport
from connectors.readers.limits import ReadLimits
from connectors.readers.pool import ReaderPool
from connectors.registry import SOURCES, TRANSPORTS
from connectors.sources.scanner import ScannerSettings
from connectors.sources.smtp_settings import SmtpLimits, SmtpSettings
from connectors.transports.smtp import Smarthost
from hub import config as configuration
from hub import schedule
from hub.clock import Clock, SystemClock, zone
from hub.context import Hub
from hub.control import ControlSocket
from hub.intake import Intake
from hub.settings import Config
from hub.texts import _, use
from hub.worker import Worker
from rules.calendar import Calendar
from rules.retry import RetrySchedule
from storage import deliveries, migrate, settings, steps
from storage.blobs import LocalBlobs
from storage.engine import Database, sqlite_url
from storage.spool import Spool

log = logging.getLogger("vanthu")
PARTS = ("smtp", "fetch", "work", "schedule")
MEGABYTE = 1 << 20
STOP_SECONDS = 8.0


class AlreadyRunning(RuntimeError):
    """Another process serves this data folder."""


def open_hub(
    data: Path, *, clock: Clock | None = None, read_only: bool = False, config: Config | None = None
) -> Hub:
    """The parts of a hub on a data folder, without anything running. Raises ConfigError."""
    config = config or configuration.load(data / "config.toml")
    use(config.organisation.language)
    url = config.storage.url or sqlite_url(data / "hub.db")
    database = Database(url, read_only=read_only)
    if not read_only and migrate.is_new(database):
        migrate.upgrade(database)
    with database.reading() as connection:
        hub_id = settings.get(connection, "hub_id") or config.domain
    return Hub(
        data=data,
        config=config,
        clock=clock or SystemClock(),
        zone=zone(config.organisation.zone),
        calendar=_calendar(config),
        retries=_retries(config),
        database=database,
        blobs=LocalBlobs(data / "blobs"),
        hub_id=hub_id,
        secret=configuration.secret(data / "secret.key", "secret.key"),
        instance=config.work.instance or f"{socket.gethostname()}:{data.resolve()}",
        transports={
            "maildir": TRANSPORTS["maildir"](data / "mail"),
            "smtp": world(config),
        },
    )


@contextlib.contextmanager
def opened(data: Path, *, read_only: bool = False) -> Iterator[Hub]:
    """A hub for one command."""
    hub = open_hub(data, read_only=read_only)
    try:
        yield hub
    finally:
        hub.database.close()


@contextlib.contextmanager
def writing_lock(hub: Hub) -> Iterator[None]:
    """The right to write on SQLite, held by one process. Raises AlreadyRunning."""
    if not hub.database.sqlite:
        yield
        return
    with _locked(hub.data / "hub.lock"):
        yield


@dataclass
class Service:
    """A hub that runs: sources, workers, schedule and the control socket, each in its threads."""

    hub: Hub
    parts: tuple[str, ...] = PARTS
    stop_event: threading.Event = field(default_factory=threading.Event)
    fault: str = ""  # why a door could not be kept open
    _threads: list[threading.Thread] = field(default_factory=list)
    _endings: list[Callable[[], None]] = field(default_factory=list)

    def start(self) -> None:
        """Bring everything up in the order in which mail flows backwards: workers before doors."""
        hub = self.hub
        migrate.upgrade(hub.database)
        hub.instance = self._claim_instance()
        hub.refresh()
        self._release_former_life()
        (hub.data / "work").mkdir(exist_ok=True)
        if "work" in self.parts:
            self._start_workers()
        if "schedule" in self.parts:
            scheduler = schedule.start(hub)
            self._endings.append(lambda: scheduler.shutdown(wait=False))
        doors = self._sources()
        if doors:
            self._start_doors(doors)
        if not hub.database.sqlite:
            self._thread(lambda: hub.database.listen(hub.wake.set, self.stop_event), "listen")
        control = ControlSocket(hub, self.stop_event)
        control.start()
        self._endings.append(control.close)
        log.info("serving %s: %s", ", ".join(self.parts), hub.data)

    def stop(self) -> None:
        """Finish what is under way, then end; everything else is safe where it stands."""
        self.stop_event.set()
        self.hub.wake.set()
        for thread in self._threads:
            thread.join(timeout=STOP_SECONDS)
        for ending in reversed(self._endings):
            ending()
        self.hub.database.close()
        log.info("stopped")

    def _start_workers(self) -> None:
        hub = self.hub
        hub.readers = ReaderPool(hub.config.reading.children, _read_limits(hub.config))
        self._endings.append(hub.readers.close)
        for number in range(1, hub.config.work.workers + 1):
            worker = Worker(hub, number, self.stop_event)
            worker.start()
            self._threads.append(worker)

    def _start_doors(self, doors: dict[str, Source]) -> None:
        hub = self.hub
        limit = hub.config.smtp.max_message_mb * MEGABYTE
        hub.spool = Spool(hub.data / "spool", limit, hub.config.storage.reserve_share)
        self._endings.append(hub.spool.close)
        intake = Intake(hub, hub.spool)
        intake.start()
        self._endings.append(intake.stop)
        for name, source in doors.items():
            self._thread(partial(self._keep_open, name, source, intake), name)
        for source in doors.values():
            self._wait_for(source)

    def _keep_open(self, name: str, source: Source, intake: Intake) -> None:
        """A door that cannot be kept ends the service: a hub that takes nothing in must not look alive."""
        try:
            source.run(intake, self.stop_event)
        except Exception as error:
            log.debug("door %s", name, exc_info=True)
            self.fault = f"{name}: {error}"
            self.stop_event.set()

    def _wait_for(self, source: Source) -> None:
        """Until a door that can say so is open, or the service is told to end."""
        ready = getattr(source, "ready", None)
        while ready is not None and not ready.is_set() and not self.stop_event.is_set():
            time.sleep(0.01)

    def _sources(self) -> dict[str, Source]:
        doors: dict[str, Source] = {}
        if "smtp" in self.parts:
            doors["smtp"] = SOURCES["smtp"](smtp_settings(self.hub.config), self.hub.now)
        if "fetch" in self.parts and self.hub.config.scanner.folder:
            doors["scanner"] = SOURCES["scanner"](scanner_settings(self.hub))
        return doors

    def _thread(self, target: Callable[[], None], name: str) -> None:
        thread = threading.Thread(target=target, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _claim_instance(self) -> str:
        """The first free name of this data folder's processes: who held it before is dead."""
        base = f"{self.hub.instance}+{'-'.join(self.parts)}" if self.parts != PARTS else self.hub.instance
        folder = self.hub.data / "locks"
        folder.mkdir(exist_ok=True)
        for number in range(1, 1000):
            lock = _locked(folder / f"{'-'.join(self.parts)}-{number}.lock")
            try:
                lock.__enter__()
            except AlreadyRunning:
                continue
            self._endings.append(lambda lock=lock: lock.__exit__(None, None, None))  # type: ignore[misc]
            return f"{base}#{number}"
        raise AlreadyRunning(_("too many processes serve {data}").format(data=self.hub.data))

    def _release_former_life(self) -> None:
        with self.hub.database.transaction() as connection:
            taken = steps.release(connection, self.hub.instance, self.hub.now())
            taken += deliveries.release(connection, self.hub.instance, self.hub.now())
        if taken:
            log.warning("taking up %d pieces of work that an earlier run left", taken)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(_("a hub is running on {data}").format(data=path.parent)) from error
        yield
    finally:
        os.close(handle)


def smtp_settings(config: Config) -> SmtpSettings:
    """The SMTP door as configured."""
    smtp = config.smtp
    limits = SmtpLimits(
        recipients=smtp.max_recipients,
        message_bytes=smtp.max_message_mb * MEGABYTE,
        connections=smtp.max_connections,
        connections_per_ip=smtp.max_connections_per_ip,
    )
    tls = None
    if smtp.tls_cert:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(smtp.tls_cert, smtp.tls_key)
    return SmtpSettings(
        host=smtp.host,
        port=smtp.port,
        hostname=smtp.hostname or config.domain,
        limits=limits,
        tls=tls,
        trusted_networks=tuple(smtp.trusted_networks),
    )


def scanner_settings(hub: Hub) -> ScannerSettings:
    """The scanner folders as configured."""
    scanner = hub.config.scanner
    return ScannerSettings(
        root=hub.data / scanner.folder,
        settle_seconds=scanner.settle_seconds,
        poll_seconds=scanner.poll_seconds,
        max_bytes=hub.config.smtp.max_message_mb * MEGABYTE,
    )


def world(config: Config) -> Transport:
    """The way to addresses outside: the smarthost, or nowhere. Raises ConfigError."""
    delivery = config.delivery
    if not delivery.smarthost:
        return TRANSPORTS["nowhere"]()
    host, _colon, port = delivery.smarthost.rpartition(":")
    host = host.strip("[]")  # an IPv6 address stands in brackets
    password = ""
    if delivery.smarthost_password_file:
        path = Path(delivery.smarthost_password_file)
        password = configuration.secret(path, "delivery.smarthost_password_file").decode()
    try:
        peer = Smarthost(
            host=host,
            port=int(port),
            tls=delivery.smarthost_tls,
            user=delivery.smarthost_user,
            password=password,
            hello=config.smtp.hostname or config.domain,
        )
    except ValueError as error:
        raise configuration.ConfigError(f"delivery.smarthost = {delivery.smarthost}: {error}") from error
    return TRANSPORTS["smtp"](peer)


def _read_limits(config: Config) -> ReadLimits:
    reading = config.reading
    return ReadLimits(
        seconds=reading.seconds,
        cpu_seconds=max(1, int(reading.seconds)),
        memory_bytes=reading.memory_mb * MEGABYTE,
        documents_per_child=reading.documents_per_child,
    )


def _calendar(config: Config) -> Calendar:
    def days(texts: list[str]) -> frozenset[date]:
        return frozenset(date.fromisoformat(text) for text in texts)

    organisation = config.organisation
    return Calendar(days_off=days(organisation.holidays), working_days=days(organisation.working_days))


def _retries(config: Config) -> RetrySchedule:
    delivery = config.delivery
    return RetrySchedule(
        first=timedelta(minutes=delivery.first_retry_minutes),
        longest=timedelta(hours=delivery.longest_retry_hours),
        give_up_after=timedelta(days=delivery.give_up_days),
    )
