"""What an arrival brings and who sent it, found out before the transaction that registers it."""

from __future__ import annotations

import dataclasses
import ipaddress
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from hub.antivirus import infection
from hub.context import Hub
from hub.exchange.organs import SOURCE
from hub.following import returned
from hub.quarantine.locking import lock, tell_sender
from hub.texts import N_
from hub.transitions import tell
from hub.words import reason_text
from rules.records.admission import ACTING
from rules.secrecy.parcel import FILE_NAME, marked
from rules.sender import judge, look_again
from rules.text.gate import clean
from rules.values.antivirus import Scan
from rules.values.arrival import Envelope
from rules.values.reading import ParcelReading
from rules.values.sender import SenderCheck
from rules.vocabulary import ArrivalState, SenderVerdict
from storage import arrivals, journal, steps
from storage.journal import Event
from storage.steps import Claim

SET_ASIDE = {
    ArrivalState.AUTOMATIC: N_("arrival {arrival} is automatic mail and set aside: {why}"),
    ArrivalState.QUARANTINE: N_("arrival {arrival} is locked: {why}"),
    ArrivalState.ANSWER: N_("arrival {arrival} speaks of a document that was sent: {why}"),
}
INFECTED = "infected"
BOUNCE = "bounce"  # as readers call it
SECRET, BROKEN, TWO_FROM = "secrecy-mark", "edxml-broken", "two-from"
DROPPED = ("scanner", SOURCE)  # sources of files; the others bring mails
# Sources that nobody tells a sender: of a fetched mail the header's null path is found by its reader.
UNTOLD = (*DROPPED, "imap")


class SenderUndecided(Exception):
    """DNS did not answer about a sender who may be known; ``due`` is when to ask again."""

    def __init__(self, due: datetime) -> None:
        super().__init__("dns-silent")
        self.due = due


def read(hub: Hub, sha256: str, envelope: Envelope, folder: Path) -> ParcelReading:
    """The parcel as a reading child sees it; its files are left in ``folder``."""
    if hub.readers is None:
        raise RuntimeError("this process has no readers")
    kind = "file" if envelope.source in DROPPED else "mail"
    return hub.readers.read(hub.blobs.path(sha256), envelope.file_name or "", kind, folder)


def opened(
    hub: Hub, step: Claim, sha256: str, envelope: Envelope, folder: Path
) -> tuple[Envelope, ParcelReading] | None:
    """A mail to the hub itself – an answer, a request, a return – with what is proved of its sender.

    None when it was set aside: for a secrecy mark, or because a program wrote it, since two
    robots must never talk (PROMISES S7). Raises SenderUndecided.
    """
    reading = read(hub, sha256, envelope, folder)
    stopped = stop(reading, envelope, step.payload.get("released", ()))
    if stopped is not None:
        stopped_on_its_way(hub, step, sha256, envelope, reading, stopped)
        return None
    return proved(hub, step.subject, sha256, envelope)[0], reading


def stop(
    reading: ParcelReading, envelope: Envelope, released: Collection[str] = ()
) -> tuple[ArrivalState, str] | None:
    """A secrecy mark stops everything (DOMAIN 1.7), and so does a mail that names two senders, because each
    program would believe another one; automatic mail is never registered.

    ``released``: for what a person has let go on already.
    """
    if SECRET not in released and marked(reading, envelope.file_name or ""):
        return ArrivalState.QUARANTINE, SECRET
    if TWO_FROM in reading.warnings and TWO_FROM not in released:
        return ArrivalState.QUARANTINE, TWO_FROM
    taken = ArrivalState.AUTOMATIC in released
    if not taken and reading.headers is not None and reading.headers.automatic:
        return ArrivalState.AUTOMATIC, reading.headers.automatic
    if not taken and envelope.source not in UNTOLD and not envelope.mail_from:
        return ArrivalState.AUTOMATIC, "null-sender"
    if envelope.source == SOURCE and not (reading.package or reading.status) and BROKEN not in released:
        return ArrivalState.QUARANTINE, BROKEN
    return None


def proved(hub: Hub, arrival: int, sha256: str, envelope: Envelope) -> tuple[Envelope, tuple[Event, ...]]:
    """The envelope with what DNS and signatures prove of its sender, and the event that tells it.

    Asks DNS, in this process, because the children that read have no network:
    never call it inside a transaction. Raises SenderUndecided while DNS is silent.
    """
    if hub.dns is None or not _from_outside(hub, envelope):
        return envelope, ()
    from connectors.checks.resolver import RationedResolver
    from connectors.checks.sender import check_sender

    checks = hub.config.checks
    resolver = RationedResolver(hub.dns, checks.timeout_seconds)
    authserv_id = checks.authserv_id or hub.config.smtp.hostname or hub.config.domain
    check = check_sender(hub.blobs.path(sha256).read_bytes(), envelope, resolver, authserv_id)
    judged = judge(check, envelope, hub.directory)
    wait = look_again(check, judged, envelope, hub.directory, hub.now() - envelope.received_at)
    if wait is not None:
        raise SenderUndecided(hub.now() + wait)
    facts = {"verdict": judged.verdict, "because": judged.because, **_results(check)}
    event = Event("sender-checked", f"arrival:{arrival}", facts)
    return dataclasses.replace(envelope, verdict=judged.verdict), (event,)


def _from_outside(hub: Hub, envelope: Envelope) -> bool:
    """A mail without proof, from a machine that is neither this one nor trusted."""
    if envelope.verdict is not SenderVerdict.UNVERIFIED or not envelope.mail_from:
        return False
    try:
        peer = ipaddress.ip_address(envelope.peer.partition("%")[0])
    except ValueError:  # because a mail that was fetched has no peer, but may be signed
        return True
    peer = getattr(peer, "ipv4_mapped", None) or peer
    trusted = (ipaddress.ip_network(text) for text in hub.config.smtp.trusted_networks)
    return not peer.is_loopback and not any(peer in network for network in trusted)


def _results(check: SenderCheck) -> dict[str, Any]:
    """What the journal keeps: results and codes, no addresses."""
    dkim = [result for _domain, result in check.dkim]
    return {
        "spf": check.spf,
        "dkim": dkim,
        "dmarc": check.dmarc,
        "arc": check.arc,
        "reasons": list(check.reasons),
    }


def stopped_on_its_way(
    hub: Hub,
    step: Claim,
    sha256: str,
    envelope: Envelope,
    reading: ParcelReading,
    stopped: tuple[ArrivalState, str],
) -> None:
    """Set aside what ``stop`` found; a bounce tells its delivery first."""
    state, why = stopped
    if why == BOUNCE:
        why = returned.take_back_quoted(hub, sha256, envelope) or why
    set_aside(hub, step, reading, state, why)


def set_aside(
    hub: Hub,
    step: Claim,
    reading: ParcelReading,
    state: ArrivalState,
    why: str,
    *,
    malware: str = "",
    sender: str = "",
) -> None:
    """Nothing is registered: automatic mail, what is locked, word of a document that was sent.

    ``malware``: what the antivirus found; ``sender``: who is told so, because who he is was proved.
    """
    now = hub.now()
    with hub.database.transaction() as connection:
        steps.finish(connection, step)
        if state is ArrivalState.QUARANTINE:
            detail = malware or _detail(reading, why)
            if lock(hub, connection, step.subject, why, detail, now) is None:
                return
            if malware and sender:
                tell_sender(connection, step.subject, sender, malware, now)
        else:
            columns = mail_columns(reading) if state is ArrivalState.AUTOMATIC else {}
            arrivals.settle(connection, step.subject, state, outcome=why, **columns)
        event = Event(state.value, f"arrival:{step.subject}", {"why": why})
        journal.append(connection, "hub", [event], now)
    tell(SET_ASIDE[state], arrival=step.subject, why=reason_text(why))


def infected(
    hub: Hub, step: Claim, reading: ParcelReading, envelope: Envelope, scans: Mapping[str, Scan]
) -> bool:
    """Whether the antivirus found something: then it is locked away, and a proved sender is told."""
    found = infection(scans)
    if not found or INFECTED in step.payload.get("released", ()):
        return False
    known = envelope.mail_from if envelope.verdict in ACTING else ""
    set_aside(hub, step, reading, ArrivalState.QUARANTINE, INFECTED, malware=found, sender=known)
    return True


def _detail(reading: ParcelReading, why: str) -> str:
    """Where the mark stands, or what is broken; never what it says."""
    if why == SECRET:
        return marked(reading) or FILE_NAME
    return "; ".join(text for text in reading.warnings if text.startswith(why))


def mail_columns(reading: ParcelReading) -> dict[str, str]:
    """What an arrival's row keeps of a mail's header."""
    headers = reading.headers
    if headers is None:
        return {}
    return {
        "subject": clean(headers.subject, 500),
        "message_id": clean(headers.message_id, 500),
        "automatic": headers.automatic,
    }
