"""What all sessions of one SMTP door share: who is inside, the threads, the way to the hub."""

import asyncio
import ipaddress
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import lru_cache
from typing import Protocol, TypeVar

from connectors.ports import Door
from connectors.sources.smtp_pump import Pump
from connectors.sources.smtp_settings import SmtpSettings

T = TypeVar("T")


class Inside(Protocol):
    """A session that was let in."""

    busy: bool

    def dismiss(self, reply: str) -> None: ...

    def abort(self) -> None: ...


class Gate:
    """Counts connections, runs what blocks in threads, and knows when the door closes."""

    def __init__(self, settings: SmtpSettings, door: Door, now: Callable[[], datetime]) -> None:
        """Made on the running loop."""
        self.settings = settings
        self.door = door
        self.now = now
        self.stopping = False
        self.sessions: set[Inside] = set()
        self._networks = settings.networks()
        self._inside: Counter[str] = Counter()
        self._total = 0
        self.pump = Pump(door, asyncio.get_running_loop())
        self._accepting = ThreadPoolExecutor(settings.accept_threads, "smtp-accept")
        self._logins = ThreadPoolExecutor(settings.login_threads, "smtp-login")

    # -- connections (on the loop's thread only)

    def enter(self, ip: str) -> str | None:
        """Let a connection in, or the 421 that turns it away."""
        limits = self.settings.limits
        if self.stopping:
            return "421 4.3.2 The service is stopping, try again later"
        if self._total >= limits.connections:
            return "421 4.3.2 Too many connections, try again later"
        place = _place(ip)
        if self._inside[place] >= limits.connections_per_ip and not self.trusted(ip):
            return "421 4.7.0 Too many connections from your address"
        self._inside[place] += 1
        self._total += 1
        return None

    def leave(self, ip: str) -> None:
        place = _place(ip)
        self._total -= 1
        self._inside[place] -= 1
        if self._inside[place] <= 0:
            del self._inside[place]

    def trusted(self, ip: str) -> bool:
        """Does ``ip`` lie in a trusted network."""
        address = _address(ip)
        return address is not None and any(address in network for network in self._networks)

    def clear_auth_allowed(self, ip: str) -> bool:
        """May a password come unencrypted from ``ip``: never unless the settings say so."""
        address = _address(ip)
        if self.settings.auth_requires_tls or address is None:
            return False
        return address.is_loopback or self.trusted(ip)

    # -- threads

    async def accepting(self, job: Callable[[], T]) -> T:
        """Run what waits for the disk."""
        return await asyncio.get_running_loop().run_in_executor(self._accepting, job)

    async def logging_in(self, job: Callable[[], T]) -> T:
        """Run what hashes a password, apart from the disk so that guessing does not stop the mail."""
        return await asyncio.get_running_loop().run_in_executor(self._logins, job)

    def later(self, job: Callable[[], None]) -> None:
        """Run a piece of tidying that nobody waits for."""
        try:
            self._accepting.submit(job)
        except RuntimeError:  # because the threads are gone when the last sessions are cancelled
            job()

    def close(self) -> None:
        """Wait for what the threads still do."""
        self.pump.close()
        for pool in (self._accepting, self._logins):
            pool.shutdown(wait=True)


Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@lru_cache(maxsize=1024)
def _address(ip: str) -> Address | None:
    try:
        address = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


@lru_cache(maxsize=1024)
def _place(ip: str) -> str:
    """What counts as one client: an IPv4 address, or the /64 that one IPv6 customer has."""
    address = _address(ip)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address or ip)
