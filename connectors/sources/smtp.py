"""The SMTP door: mail in, acknowledged only when it is durable.

Runs its own event loop in the calling thread, so that ``vanthu serve`` gives
it one; everything that waits for the disk runs in threads of its own.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from threading import Event

from connectors.ports import Door
from connectors.sources.smtp_gate import Gate
from connectors.sources.smtp_session import SmtpSession
from connectors.sources.smtp_settings import SmtpSettings

log = logging.getLogger(__name__)

_TICK = 0.1  # seconds between looks at the stop event
_FAREWELL = 0.5  # seconds for a last word to go out
_STOPPING = "421 4.3.2 The service is stopping, try again later"


class SmtpSource:
    """One listening address (``connectors.ports.Source``)."""

    def __init__(self, settings: SmtpSettings, now: Callable[[], datetime]) -> None:
        """``now`` is the hub's clock (aware, UTC). ValueError when a trusted network is no
        CIDR, or TLS is wanted without a certificate.
        """
        settings.networks()
        if settings.implicit_tls and settings.tls is None:
            raise ValueError("implicit TLS needs a certificate")
        self.settings = settings
        self.port = settings.port  # the real one once ``ready`` is set
        self.ready = Event()
        self._now = now

    def run(self, door: Door, stop: Event) -> None:
        """Serve until ``stop``; OSError when the address is taken."""
        asyncio.run(self._serve(door, stop))

    async def _serve(self, door: Door, stop: Event) -> None:
        gate = Gate(self.settings, door, self._now)
        loop = asyncio.get_running_loop()
        try:
            server = await loop.create_server(
                lambda: SmtpSession(gate, loop),
                self.settings.host,
                self.settings.port,
                backlog=self.settings.limits.connections,
                ssl=self.settings.tls if self.settings.implicit_tls else None,
            )
            self.port = server.sockets[0].getsockname()[1]
            self.ready.set()
            log.info("smtp: listening on %s port %d", self.settings.host, self.port)
            while not stop.is_set():
                await asyncio.sleep(_TICK)
            server.close()
            await self._drain(gate)
        finally:
            self.ready.clear()
            gate.close()

    async def _drain(self, gate: Gate) -> None:
        """Let a running DATA come to its end for a few seconds; dismiss the others."""
        gate.stopping = True
        loop = asyncio.get_running_loop()
        last = loop.time() + self.settings.stop_seconds
        while gate.sessions and loop.time() < last + _FAREWELL:
            for session in tuple(gate.sessions):
                if not session.busy or loop.time() >= last:
                    session.dismiss(_STOPPING)
            await asyncio.sleep(_TICK / 2)
        for session in tuple(gate.sessions):
            session.abort()
