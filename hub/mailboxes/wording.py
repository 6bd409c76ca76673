"""A row of the ledger about a mailbox becomes the value that its mail is written from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from sqlalchemy import Connection

from hub import notices as documents_notices
from hub.context import Hub
from hub.mailboxes.notices import Away, MailboxNotice, NotDelivered, Nudge, Welcome
from hub.texts import outcome
from storage import mailboxes
from storage.engine import AnyRow


def us(hub: Hub) -> documents_notices.Hub:
    """Who speaks."""
    organisation = hub.config.organisation
    help_address = organisation.help_address or f"hotro@{hub.config.domain}"
    return documents_notices.Hub(organisation.name, help_address)


def settings_url(hub: Hub, address: str) -> str:
    """The page that tells a program or a person how to connect."""
    base = hub.config.web.public_url or f"https://autoconfig.{hub.config.domain}"
    return f"{base}/mail/setup?address={address}"


def _welcome(hub: Hub, connection: Connection, row: AnyRow) -> Welcome:
    box = next(iter(mailboxes.listing(connection, address=row.address)), None)
    until = box.password_until if box is not None else None
    name = box.name if box is not None and box.name else row.address
    return Welcome(
        us(hub), name, row.address, hub.local(until) if until else None, settings_url(hub, row.address)
    )


def _not_delivered(hub: Hub, connection: Connection, row: AnyRow) -> NotDelivered:
    letter = row.letter
    sent = hub.local(datetime.fromisoformat(letter["sent"]))
    return NotDelivered(us(hub), letter["subject"], letter["receiver"], outcome(letter["why"]), sent)


def _nudge(hub: Hub, connection: Connection, row: AnyRow) -> Nudge:
    box = str(row.letter.get("mailbox", row.address))
    person = hub.directory.person(box)
    month = date.fromisoformat(f"{row.letter['month']}-01")
    name = person.name if person is not None else box
    return Nudge(us(hub), name, box, month, settings_url(hub, box))


def _away(hub: Hub, connection: Connection, row: AnyRow) -> Away:
    letter = row.letter
    person = hub.directory.person(letter["mailbox"])
    name = person.name if person is not None else letter["mailbox"]
    return Away(us(hub), name, letter["subject"], letter["words"], date.fromisoformat(letter["until"]))


KINDS: Mapping[str, Callable[[Hub, Connection, AnyRow], MailboxNotice]] = {
    "welcome": _welcome,
    "not_delivered": _not_delivered,
    "nudge": _nudge,
    "away": _away,
}
