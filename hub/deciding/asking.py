"""A clerk is told of what waits: by mail with what was read, on the telephone that there is something."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from hub.chat import planning
from hub.context import Hub
from hub.following import telling
from hub.texts import _
from rules.directory import local_and_domain
from rules.vocabulary import Role, Urgency
from storage.engine import AnyRow

ASKED, HOLD_ASKED = "review_asked", "hold_asked"


@dataclass(frozen=True, slots=True)
class Writer:
    """Who answered: ``actor`` is who was proved, "" without proof; ``address`` is what the mail says."""

    actor: str
    address: str


def readers(hub: Hub, writer: Writer, asked: Sequence[str]) -> Sequence[str]:
    """Who learns what became of an answer: whoever wrote it, where that is one of our people. An answer

    without proof is told to those who were asked, because it may well be theirs; nobody outside is
    answered, because robots live there (PROMISES S7).
    """
    if not writer.actor:
        return asked
    return [writer.actor] if local_and_domain(writer.actor)[1] in hub.directory.domains else []


def unproved(writer: Writer) -> str:
    """Why an answer without proof did nothing, for those who were asked."""
    return _("it cannot be proved that the answer is from {address}; write it while logged in").format(
        address=writer.address or "?"
    )


def ask(
    hub: Hub, connection: Connection, case: int, unit: str, document: int, urgency: Urgency, now: datetime
) -> None:
    """One mail to the mailbox that the unit's clerks share; asked anew it is another one."""
    letter = {"notice": ASKED, "case": case, "unit": unit}
    key = f"review.{case}.{int(now.timestamp())}"
    urgent = urgency > Urgency.NORMAL
    for address in telling.clerks_of(hub, unit):
        telling.notify(hub, connection, key, address, letter, now, document=document, urgent=urgent)
    keeper = hub.directory.keeper(unit) or unit
    clerks = [person.email for person in hub.directory.holding(keeper, Role.CLERK, hub.today())]
    planning.plan(hub, connection, key, clerks, letter, document, urgency, now)


def ask_coordinators(
    hub: Hub, connection: Connection, document: int, cases: Mapping[int, str], urgency: Urgency, now: datetime
) -> None:
    """One mail to each coordinator about all that waits of a document; ``cases`` with their units."""
    units: dict[str, list[int]] = defaultdict(list)
    for case, unit in cases.items():
        units[unit].append(case)
    for unit, ids in units.items():
        letter = {"notice": HOLD_ASKED, "cases": ids, "unit": unit}
        for address in telling.coordinators(hub, unit):
            key = f"hold.{ids[0]}.{address}"
            urgent = urgency > Urgency.NORMAL
            telling.notify(hub, connection, key, address, letter, now, document=document, urgent=urgent)


def answered(
    hub: Hub,
    connection: Connection,
    case: AnyRow,
    to: str,
    mark: str,
    now: datetime,
    *,
    done: str = "",
    other: int = 0,
    why: str = "",
) -> None:
    """Whoever answered learns what became of it."""
    letter = {
        "notice": "review_answered",
        "case": case.id,
        "unit": case.unit,
        "done": done,
        "other": other,
        "why": why,
    }
    key = f"review-answered.{mark}.{to}"
    telling.notify(hub, connection, key, to, letter, now, document=case.document, urgent=True)


def hold_answered(
    hub: Hub,
    connection: Connection,
    document: int,
    to: str,
    arrival: int,
    now: datetime,
    *,
    decided: list[dict[str, Any]],
    why: str,
) -> None:
    """The coordinator who answered learns what became of each line."""
    letter = {"notice": "hold_answered", "decided": decided, "why": why}
    key = f"hold-answered.{document}.{arrival}.{to}"
    telling.notify(hub, connection, key, to, letter, now, document=document, urgent=True)
