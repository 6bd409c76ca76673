"""One answer's turn in its transaction: what every command about a delivery works with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from hub.context import Hub
from storage.engine import AnyRow


@dataclass(frozen=True, slots=True)
class Turn:
    """``row`` is the delivery with what its document says (``storage.handling.get``)."""

    hub: Hub
    connection: Connection
    row: AnyRow
    actor: str
    channel: str
    now: datetime
