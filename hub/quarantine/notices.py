"""What the mail about something locked away says, as a value; its words are in templates/mail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import Connection

from hub import notices
from hub.context import Hub
from hub.words import reason_text
from storage.engine import AnyRow


@dataclass(frozen=True, slots=True)
class Locked:
    """To the officers. No content: no subject, no name of a file, no sender (DOMAIN 1.7)."""

    template: ClassVar[str] = "locked"
    hub: notices.Hub
    case: int
    why: str
    source: str  # smtp, scanner, ...
    units: tuple[str, ...]  # where it came in
    came: datetime
    digest: str  # the first figures of the SHA-256, to tell it from others


@dataclass(frozen=True, slots=True)
class Infected:
    """To the sender: the antivirus found something, nothing was registered or passed on."""

    template: ClassVar[str] = "infected"
    hub: notices.Hub
    infection: str
    came: datetime


QuarantineNotice = Locked | Infected


def _us(hub: Hub) -> notices.Hub:
    organisation = hub.config.organisation
    return notices.Hub(organisation.name, organisation.help_address or f"hotro@{hub.config.domain}")


def _infected(hub: Hub, _connection: Connection, row: AnyRow) -> Infected:
    came = hub.local(datetime.fromisoformat(row.letter["came"]))
    return Infected(_us(hub), row.letter["infection"], came)


def _locked(hub: Hub, _connection: Connection, row: AnyRow) -> Locked:
    letter = row.letter
    return Locked(
        hub=_us(hub),
        case=letter["case"],
        why=reason_text(letter["why"]),
        source=letter["source"],
        units=tuple(hub.directory.party_name(unit) for unit in letter["units"]),
        came=hub.local(datetime.fromisoformat(letter["came"])),
        digest=letter["digest"],
    )


KINDS: Mapping[str, Callable[[Hub, Connection, AnyRow], QuarantineNotice]] = {
    "locked": _locked,
    "infected": _infected,
}
