"""A stored document as the rules see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from hub.context import Hub
from rules.values.reading import RecipientEntry
from rules.values.routing import Facts
from rules.vocabulary import Direction, SenderVerdict, Urgency
from storage.engine import AnyRow


def facts_of(
    hub: Hub, row: AnyRow, text: str, names: Iterable[str], size: int, addressed: Sequence[str], now: datetime
) -> Facts:
    """``names`` and ``size`` of its files, ``addressed``: the intakes of the envelope, ``now``: the moment
    of routing, in the organisation's zone."""
    return Facts(
        direction=Direction(row.direction),
        type=row.type,
        normative=row.normative,
        issuer=row.issuer or "",
        issuer_text=row.issuer_text,
        symbol=row.symbol,
        subject=row.subject,
        text=text,
        signer=row.signer,
        date=row.date,
        urgency=Urgency(row.urgency),
        unit=row.unit,
        sender=row.sender,
        sender_verdict=SenderVerdict(row.sender_verdict),
        source=row.source,
        file_kinds=tuple(sorted({name.rpartition(".")[2].lower() for name in names})),
        size=size,
        recipients=tuple(map(entry_of, row.recipients)),
        addressed=tuple(addressed),
        now=now,
        day_kind=hub.calendar.kind(now.date()),
        working_hours=hub.calendar.open(now),
    )


def entry_of(item: dict[str, Any]) -> RecipientEntry:
    """A recipient as it is kept with the document."""
    return RecipientEntry(item["text"], item["kind"], item["purpose"])
