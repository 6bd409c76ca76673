"""The flow: what waits too long, was parked, or never goes out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import Connection, Select, func, select

from hub.context import Hub
from hub.doctor.check import Check
from hub.spools import folders
from hub.texts import _
from rules.vocabulary import DeliveryState, StepState
from storage.spool_log import Frame, frames
from storage.tables.deliveries import DUE, deliveries
from storage.tables.machinery import steps

TOO_LONG = timedelta(minutes=10)
HEAD_TOO_OLD = timedelta(hours=50)  # a day missed, and some hours


def spool(hub: Hub) -> Iterator[Check]:
    """Accepted mail without a row, and what did not read back."""
    found = folders(hub.data)
    waiting = sum(1 for folder in found for path in folder.glob("*.mail"))
    for path in [path for folder in found for path in folder.glob("*.log")]:
        try:
            waiting += sum(1 for frame in frames(path) if isinstance(frame, Frame) and frame.waits)
        except FileNotFoundError:
            continue  # all of it was registered a moment ago
    bad = [path for folder in found for path in (folder / "bad").glob("*")]
    yield Check(_("spool"), "ok", _("{count} parcels wait for their row").format(count=waiting))
    if bad:
        text = _("{count} parcels did not read back and lie in {folder}").format(
            count=len(bad), folder=bad[0].parent
        )
        yield Check(_("spool"), "warning", text, _("look at them and ask their senders to send again"))


def steps_of_the_queue(hub: Hub) -> Iterator[Check]:
    """Parked steps, and steps that nobody takes."""
    late = hub.now() - TOO_LONG
    with hub.database.reading() as connection:
        parked = _count(connection, select(func.count()).where(steps.c.state == StepState.PARKED))
        waiting = _count(
            connection, select(func.count()).where(steps.c.state == StepState.READY, steps.c.due_at < late)
        )
    if parked:
        text = _("{count} steps are parked").format(count=parked)
        yield Check(_("steps"), "warning", text, "vanthu queue")
    if waiting:
        text = _("{count} steps wait for longer than ten minutes").format(count=waiting)
        yield Check(_("steps"), "error", text, _("is the hub running? vanthu serve"))
    if not parked and not waiting:
        yield Check(_("steps"), "ok", _("none parked, none late"))


def overdue_deliveries(hub: Hub) -> Iterator[Check]:
    """Deliveries that should have left, and those that failed for good."""
    late = hub.now() - TOO_LONG
    with hub.database.reading() as connection:
        overdue = _count(connection, select(func.count()).where(DUE, deliveries.c.next_attempt < late))
        failed = _count(connection, select(func.count()).where(deliveries.c.state == DeliveryState.FAILED))
    if overdue:
        text = _("{count} deliveries are overdue").format(count=overdue)
        yield Check(_("deliveries"), "error", text, _("is the hub running? vanthu serve"))
    if failed:
        text = _("{count} deliveries failed").format(count=failed)
        yield Check(_("deliveries"), "warning", text, "vanthu deliveries list --state failed")
    if not overdue and not failed:
        yield Check(_("deliveries"), "ok", _("none overdue, none failed"))


def journal_head(hub: Hub) -> Iterator[Check]:
    """A cut journal shows only against a head that was mailed out and arrived."""
    name = _("journal head")
    heads = deliveries.c.key.startswith("journal-head.", autoescape=True)
    arrived = deliveries.c.state.in_((DeliveryState.SENT, DeliveryState.DELIVERED))
    with hub.database.reading() as connection:
        first = connection.execute(select(func.min(deliveries.c.created_at)).where(heads)).scalar()
        last = connection.execute(select(func.max(deliveries.c.finished_at)).where(heads, arrived)).scalar()
    if last is not None and hub.now() - last < HEAD_TOO_OLD:
        when = f"{hub.local(last):%Y-%m-%d %H:%M}"
        yield Check(name, "ok", _("last mailed on {when}").format(when=when))
    elif last is None and (first is None or hub.now() - first < HEAD_TOO_OLD):
        remedy = _("name somebody outside in schedule.journal_head_to")
        yield Check(
            name, "ok" if hub.config.schedule.journal_head_to else "warning", _("not mailed yet"), remedy
        )
    else:
        seen = _("not mailed since {when}").format(
            when=f"{hub.local(last):%Y-%m-%d}" if last is not None else "-"
        )
        yield Check(name, "error", seen, _("see: vanthu deliveries list; the schedule must run"))


def _count(connection: Connection, statement: Select[int]) -> int:
    return int(connection.execute(statement).scalar_one())
