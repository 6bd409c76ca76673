"""Where mail programs connect: one list from which autoconfig, autodiscover, profiles and sheets are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hub.context import Hub


@dataclass(frozen=True, slots=True)
class Server:
    """One way in, the best first."""

    kind: Literal["imap", "smtp"]
    host: str
    port: int
    socket: Literal["SSL", "STARTTLS"]

    @property
    def words(self) -> str:
        """As a person types it in."""
        return f"{self.host}:{self.port} ({self.socket})"


def servers(hub: Hub) -> list[Server]:
    """Reading and sending, TLS from the first byte before STARTTLS (RFC 8314)."""
    config = hub.config.mailboxes
    host = config.host or f"mail.{hub.config.domain}"
    places: tuple[tuple[Literal["imap", "smtp"], str, Literal["SSL", "STARTTLS"]], ...] = (
        ("imap", config.imaps, "SSL"),
        ("imap", config.imap, "STARTTLS"),
        ("smtp", config.submissions, "SSL"),
        ("smtp", config.submission, "STARTTLS"),
    )
    return [
        Server(kind, host, int(place.rpartition(":")[2]), socket) for kind, place, socket in places if place
    ]
