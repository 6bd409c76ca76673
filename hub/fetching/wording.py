"""A row of the ledger about an account becomes the value that its mail is written from."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection

from hub.context import Hub
from hub.fetching.health import trouble_text
from hub.fetching.notices import SourceTrouble
from hub.following.wording import us
from storage.engine import AnyRow


def source_trouble(hub: Hub, _connection: Connection, row: AnyRow) -> SourceTrouble:
    """As it was when it was found."""
    letter = row.letter
    account = next((item for item in hub.config.fetch.accounts if item.name == letter["account"]), None)
    return SourceTrouble(
        us(hub),
        letter["account"],
        account.user if account is not None else "",
        account.host if account is not None else "",
        letter["code"],
        trouble_text(letter["code"]),
        letter["detail"],
        _moment(hub, letter["since"]),
        _moment(hub, letter["last_success"]),
        date.fromisoformat(letter["expires"]) if letter["expires"] else None,
    )


KINDS = {"source_trouble": source_trouble}


def _moment(hub: Hub, text: str) -> datetime | None:
    return hub.local(datetime.fromisoformat(text)) if text else None
