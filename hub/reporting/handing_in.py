"""A return is taken in, by whatever way it came: whole ones become a version, the rest says what to mend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from hub.context import Hub
from hub.reporting.kinds import kind_of
from rules.reporting.checking import checked, read
from rules.reporting.kinds import Asked, Kind
from rules.reporting.period import Period, named
from rules.reporting.saying import Said, SayFault
from rules.values.grid import Cell
from storage import journal, returns, support
from storage.engine import AnyRow
from storage.journal import Event


@dataclass(frozen=True, slots=True)
class Form:
    """A form with what it means."""

    row: AnyRow
    kind: Kind
    period: Period


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it: a version, or what must be mended. ``kept``: answers that wait for the rest."""

    form: Form
    version: int | None
    answers: Mapping[str, Any]
    faults: tuple[SayFault, ...] = ()
    kept: int = 0
    request: int | None = None  # number of the request for help
    new: bool = True  # False when the same was handed in before


def form_of(hub: Hub, connection: Connection, identity: int) -> Form | None:
    """The form with this id; None when it, or its kind, is gone."""
    row = returns.form_by_id(connection, identity)
    return None if row is None else meant(hub, row)


def meant(hub: Hub, row: AnyRow) -> Form | None:
    """A row with its kind and period."""
    kind = kind_of(hub, row.kind)
    period = named(row.period, kind.cut_off) if kind is not None else None
    return Form(row, kind, period) if kind is not None and period is not None else None


def hand_in(
    hub: Hub,
    actor: str,
    form: Form,
    said: Said,
    *,
    channel: str,
    whole: bool = False,
    arrival: int | None = None,
) -> Outcome:
    """Check and keep it. ``whole``: every field was said, so nothing is filled in from elsewhere.

    What is not said stays as the unit said it last, or else as the hub has filled it in.
    """
    now = hub.now()
    with hub.database.transaction() as connection:
        hub.database.serialise(connection, f"return {form.row.id}")
        last = returns.latest(connection, form.row.id)
        if last is not None and now >= form.row.closes_at:
            return Outcome(form, None, {}, (SayFault("closed"),))
        entries = _entries(connection, form, said, last, whole)
        answers, faults = checked(form.kind, entries)
        faults = (*said.faults, *faults)
        if faults:
            kept = 0 if last is not None else _keep(connection, form, said, actor, channel, now)
            return Outcome(form, None, answers, faults, kept)
        if last is not None and last.answers == answers:
            request = support.of_form(connection, form.row.id)
            return Outcome(form, last.version, answers, (), 0, request.id if request else None, new=False)
        version = returns.hand_in(
            connection, form.row.id, answers, by=actor, channel=channel, now=now, arrival=arrival
        )
        request_number = _difficulties(connection, form, answers, actor, now)
        facts = {"version": version, "channel": channel, "request": request_number}
        subject = f"return:{form.row.kind}/{form.row.period}/{form.row.unit}"
        journal.append(connection, actor, [Event("returned", subject, facts)], now)
    return Outcome(form, version, answers, (), 0, request_number)


def _entries(
    connection: Connection, form: Form, said: Said, last: AnyRow | None, whole: bool
) -> dict[str, Cell]:
    if whole:
        return dict(said.entries)
    base = last.answers if last is not None else {**form.row.frozen, **_draft(connection, form)}
    return {**base, **said.entries}


def _draft(connection: Connection, form: Form) -> Mapping[str, Any]:
    row = returns.draft(connection, form.row.id)
    return row.answers if row is not None else {}


def _keep(connection: Connection, form: Form, said: Said, actor: str, channel: str, now: datetime) -> int:
    """What could be read waits for the rest, so that nobody types it twice."""
    good = {code: value for code, value in _readable(form.kind, said.entries).items() if value is not None}
    kept = {**_draft(connection, form), **good}
    if good:
        returns.keep_draft(connection, form.row.id, kept, by=actor, channel=channel, now=now)
    return len(kept)


def _readable(kind: Kind, entries: Mapping[str, Cell]) -> dict[str, Any]:
    found = {field.code: read(field, entries.get(field.code)) for field in kind.fields}
    return {code: value for code, value in found.items() if not isinstance(value, SayFault)}


def _difficulties(
    connection: Connection, form: Form, answers: Mapping[str, Any], actor: str, now: datetime
) -> int | None:
    """Difficulties become one request for help; a correction says it in other words while it is open."""
    texts = [answers.get(field.code) for field in form.kind.fields if field.kind is Asked.DIFFICULTY]
    text = "\n".join(str(item) for item in texts if item)
    known = support.of_form(connection, form.row.id)
    if known is not None:
        if text and known.state != support.CLOSED:
            support.change_text(connection, known.id, text)
        return int(known.id)
    if not text:
        return None
    subject = f"{form.row.kind} {form.row.period}"
    return support.open_request(
        connection, unit=form.row.unit, asked_by=actor, subject=subject, text=text, now=now, form=form.row.id
    )
