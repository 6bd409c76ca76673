"""A hub that runs: everything that has a thread, brought up and taken down in order."""

from __future__ import annotations

import gc
import logging
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from connectors.ports import Source
from connectors.readers.limits import ReadLimits
from connectors.readers.pool import ReaderPool
from connectors.registry import SOURCES
from connectors.scans.scanners import Scanners
from connectors.sources.scanner import ScannerSettings
from connectors.sources.smtp_settings import SmtpLimits, SmtpSettings
from hub import config as configuration
from hub import schedule, spools
from hub.app import AlreadyRunning, locked
from hub.chat.bot import chat_link, webhook_secret, webhook_url
from hub.context import MOST_RINGS, Hub
from hub.control import ControlSocket
from hub.exchange.organs import SOURCE
from hub.intake import Intake
from hub.mailboxes.submission import submission_doors
from hub.quarantine.refusal import secrecy_refusal
from hub.settings import Config
from hub.texts import _
from hub.warm import warm
from hub.worker import Worker
from storage import deliveries, migrate, steps

log = logging.getLogger("vanthu")
PARTS = ("smtp", "fetch", "work", "schedule", "web")
MEGABYTE = 1 << 20
STOP_SECONDS = 8.0
YOUNG_OBJECTS = 20_000  # a document makes that many short-lived ones; 700 would look at each often


@dataclass
class Service:
    """A hub that runs: sources, workers, schedule and the control socket, each in its threads."""

    hub: Hub
    parts: tuple[str, ...] = PARTS
    stop_event: threading.Event = field(default_factory=threading.Event)
    fault: str = ""  # why a door could not be kept open
    _threads: list[threading.Thread] = field(default_factory=list)
    _endings: list[Callable[[], None]] = field(default_factory=list)
    _web_port: int = 0

    def start(self) -> None:
        """Bring everything up in the order in which mail flows backwards: workers before doors."""
        hub = self.hub
        migrate.upgrade(hub.database)
        hub.instance = self._claim_instance()
        hub.refresh()
        hub.on_disk_fault = self._give_up
        self._release_former_life()
        (hub.data / "work").mkdir(exist_ok=True)
        if "work" in self.parts:
            self._start_workers()
        if "schedule" in self.parts:
            scheduler = schedule.start(hub)
            self._endings.append(lambda: scheduler.shutdown(wait=False))
        if "web" in self.parts and hub.config.web.host and not self._open_web():
            return
        if "work" in self.parts and not self._open_mailboxes():
            return
        doors = self._sources()
        if doors:
            self._start_doors(doors)
        if not hub.database.sqlite:
            self._thread(lambda: hub.database.listen(hub.wake.ring, self.stop_event), "listen")
        control = ControlSocket(hub, self.stop_event)
        control.start()
        self._endings.append(control.close)
        gc.collect()
        gc.set_threshold(YOUNG_OBJECTS)
        gc.freeze()  # what was built at the start stays, so the collector need not look at it again and again
        log.info("serving %s: %s", ", ".join(self.parts), hub.data)

    def stop(self) -> None:
        """Finish what is under way, then end; everything else is safe where it stands."""
        self.stop_event.set()
        self.hub.wake.ring(MOST_RINGS)
        self.hub.wake_scans.ring(MOST_RINGS)
        for thread in self._threads:
            thread.join(timeout=STOP_SECONDS)
        for ending in reversed(self._endings):
            ending()
        self.hub.database.close()
        log.info("stopped")

    def _start_workers(self) -> None:
        hub = self.hub
        hub.readers = ReaderPool(hub.config.reading.children, _read_limits(hub.config), hub.data / "work")
        self._endings.append(hub.readers.close)
        if hub.config.checks.dns:
            from connectors.checks.resolver import DnsResolver

            hub.dns = DnsResolver(seconds=hub.config.checks.timeout_seconds / 2)
        self._thread(partial(warm, hub), "warm")
        scans = hub.config.scans
        hub.scanners = Scanners(scans.children, scans.seconds, scans.memory_mb, hub.data / "work")
        self._endings.append(hub.scanners.close)
        workers = [Worker(hub, number, self.stop_event) for number in range(1, hub.config.work.workers + 1)]
        for number in range(1, hub.scanners.size + 1):
            workers.append(Worker(hub, number, self.stop_event, scans=True))
        for worker in workers:
            worker.start()
            self._threads.append(worker)

    def _start_doors(self, doors: dict[str, Source]) -> None:
        hub = self.hub
        hub.spool = spools.own(hub)
        self._endings.append(hub.spool.close)
        spools.take_up(hub, hub.spool)
        intake = Intake(hub, hub.spool)
        intake.start()
        self._endings.append(intake.stop)
        for name, source in doors.items():
            self._thread(partial(self._keep_open, name, source, intake), name)
        for source in doors.values():
            self._wait_for(source)

    def _open_web(self) -> bool:
        """The web listener; False when its port cannot be had, which ends the service."""
        from hub.web.listener import WebListener  # late, because a process without it need not import it

        listener = WebListener(self.hub)
        try:
            listener.start()
        except OSError as error:
            web = self.hub.config.web
            self.fault = _("web: cannot listen on {host}:{port}: {error}").format(
                host=web.host, port=web.port, error=error.strerror or error
            )
            self.stop_event.set()
            return False
        self._endings.append(listener.close)
        self._web_port = listener.port
        return True

    def _open_mailboxes(self) -> bool:
        """Dovecot beside the hub, where it is wanted; False when it does not come up."""
        from connectors.mailboxes.dovecot import DovecotMissing
        from hub.mailboxes import hosting

        try:
            dovecot = hosting.start(self.hub, self._web_port)
        except (DovecotMissing, OSError) as error:
            self.fault = _("mailboxes: {error}").format(error=error)
            self.stop_event.set()
            return False
        if dovecot is not None:
            self._endings.append(dovecot.stop)
        return True

    def _give_up(self, reason: str) -> None:
        """After an I/O error only a new start knows what the disk holds (PROMISES R7)."""
        log.critical("the disk failed, the hub ends: %s", reason)
        self.fault = reason
        self.stop_event.set()

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
            for name, settings in submission_doors(self.hub).items():
                doors[name] = SOURCES["smtp"](settings, self.hub.now)
        if "fetch" in self.parts and self.hub.config.scanner.folder:
            doors["scanner"] = SOURCES["scanner"](scanner_settings(self.hub), self.hub.now)
        if "fetch" in self.parts and self.hub.config.exchange.organ_id:
            doors["gateway"] = SOURCES["scanner"](gateway_settings(self.hub), self.hub.now)
        if "fetch" in self.parts and self.hub.config.fetch.accounts:
            from hub.fetching import accounts  # late, because it needs an HTTP client for tokens

            doors |= accounts.sources(self.hub)
        if "fetch" in self.parts and "telegram" in self.hub.transports:
            doors |= self._chat()
        return doors

    def _chat(self) -> dict[str, Source]:
        """The bot asks for what people write, unless it is posted to the hub's pages."""
        link = chat_link(self.hub)
        self._endings.append(link.close)
        if self.hub.config.chat.webhook:
            address = (webhook_url(self.hub), webhook_secret(self.hub))
            return {"telegram": SOURCES["telegram-hook"](link, *address)}
        from hub.chat.answering import ChatDesk  # late, because only a hub with a bot needs its library

        return {"telegram": SOURCES["telegram"](link, ChatDesk(self.hub, link).answer)}

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
            lock = locked(folder / f"{'-'.join(self.parts)}-{number}.lock")
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
        configuration.private(Path(smtp.tls_key), "smtp.tls_key")
        try:
            tls.load_cert_chain(smtp.tls_cert, smtp.tls_key)
        except OSError as error:  # ssl.SSLError is one
            raise configuration.ConfigError(
                _("smtp.tls_cert = {path}: no certificate that fits smtp.tls_key: {error}").format(
                    path=smtp.tls_cert, error=error
                )
            ) from error
    return SmtpSettings(
        host=smtp.host,
        port=smtp.port,
        hostname=smtp.hostname or config.domain,
        limits=limits,
        tls=tls,
        trusted_networks=tuple(smtp.trusted_networks),
        secret=f"554 {secrecy_refusal(config)}",
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


def gateway_settings(hub: Hub) -> ScannerSettings:
    """The folder into which a gateway's software puts packages, watched as a scanner's is."""
    root = hub.data / hub.config.exchange.folder
    (root / "gateway" / "incoming").mkdir(parents=True, exist_ok=True)
    return replace(scanner_settings(hub), root=root, source=SOURCE, directions=("incoming",))


def _read_limits(config: Config) -> ReadLimits:
    reading = config.reading
    return ReadLimits(
        seconds=reading.seconds,
        cpu_seconds=max(1, int(reading.seconds)),
        memory_bytes=reading.memory_mb * MEGABYTE,
        documents_per_child=reading.documents_per_child,
    )
