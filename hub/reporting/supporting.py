"""Requests for help: from mails to hotro@ and from difficulties in returns, each with a number."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from sqlalchemy import Connection

from hub import arrived
from hub.context import Hub
from hub.following import telling
from hub.reporting.help_notices import tell_centre
from hub.reporting.rights import units_of
from hub.texts import N_
from hub.transitions import tell
from rules.directory import local_and_domain
from rules.replies import own_words
from rules.text.gate import clean
from rules.values.arrival import Envelope
from rules.values.reading import ParcelReading
from rules.vocabulary import ArrivalState, SenderVerdict
from storage import arrivals, journal, steps, support
from storage.journal import Event
from storage.steps import Claim

STAGE = "support"
DESK = "hotro"
LONGEST = 4000
KNOWN = (SenderVerdict.AUTHENTICATED, SenderVerdict.ALIGNED)
_NUMBER = re.compile(r"\[#(\d{1,9})\]")


def is_for_support(hub: Hub, address: str) -> bool:
    """Whether what comes to this address is a request for help."""
    local, domain = local_and_domain(address)
    return local == DESK and domain in hub.directory.domains


def run(hub: Hub, step: Claim, worker: str) -> None:
    """One mail becomes a request, or goes on with one that is open."""
    with hub.database.reading() as connection:
        envelope = arrivals.envelope_of(row := arrivals.get(connection, step.subject))
    with tempfile.TemporaryDirectory(prefix=f"support-{step.subject}-", dir=hub.data / "work") as folder:
        opened = arrived.opened(hub, step, row.sha256, envelope, Path(folder))
    if opened is None:
        return
    envelope, reading = opened
    _open(hub, step, envelope, reading)
    hub.wake.ring()


def _open(hub: Hub, step: Claim, envelope: Envelope, reading: ParcelReading) -> None:
    now, known = hub.now(), envelope.verdict in KNOWN
    actor = envelope.person or envelope.mail_from or ""
    unit = next(iter(units_of(hub, actor) or _posts(hub, actor)), "") if known else ""
    columns = arrived.mail_columns(reading)
    subject = columns.get("subject", "")
    text = clean(own_words(reading.body) or reading.body, LONGEST, lines=True) or subject or "-"
    with hub.database.transaction() as connection:
        number = _continued(connection, subject, actor if known else "", text)
        if number is None:
            number = support.open_request(
                connection, unit=unit, asked_by=clean(actor, 200), subject=subject, text=text, now=now,
                arrival=step.subject,
            )  # fmt: skip
            request = support.get(connection, number) if number is not None else None
            if request is not None:
                tell_centre(hub, connection, request, now)
                if known:  # because an address that nobody proved may be somebody else's (S7)
                    letter = {"notice": "request_opened", "request": request.id}
                    key = f"request.{request.id}.opened"
                    telling.notify(hub, connection, key, actor, letter, now, urgent=True)
        arrivals.settle(
            connection, step.subject, ArrivalState.ANSWER, outcome="support", verdict=envelope.verdict,
            **columns,
        )  # fmt: skip
        steps.finish(connection, step)
        event = Event("support", f"arrival:{step.subject}", {"request": number})
        journal.append(connection, "hub", [event], now)
    tell(N_("arrival {arrival} is request {number} for help"), arrival=step.subject, number=number or "-")


def _continued(connection: Connection, subject: str, actor: str, text: str) -> int | None:
    """The open request that a subject names, where the same person goes on with it."""
    found = _NUMBER.search(subject)
    request = support.get(connection, int(found[1])) if found is not None and actor else None
    if request is None or request.state == support.CLOSED or request.asked_by != actor:
        return None
    support.change_text(connection, request.id, clean(f"{request.text}\n\n{text}", 4 * LONGEST, lines=True))
    return int(request.id)


def _posts(hub: Hub, actor: str) -> list[str]:
    return [post.unit for post in hub.directory.posts_of(actor, hub.today())]
