"""What comes back about a form: words above the quoted mail, or the sheet filled in."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from connectors.readers.pool import ReadFailed
from hub import arrived
from hub.context import Hub
from hub.following import signing
from hub.reporting import replying
from hub.reporting.form_sheet import is_form_name
from hub.reporting.handing_in import Form, Outcome, form_of, hand_in, meant
from hub.reporting.rights import may_hand_in, units_of
from hub.reporting.words import period_words
from hub.texts import speaking
from rules.directory import local_and_domain
from rules.reporting import sheet
from rules.reporting.saying import Said, SayFault, by_words
from rules.values.arrival import Envelope
from rules.values.grid import Grid
from rules.values.reading import FileReading, ParcelReading
from rules.vocabulary import ArrivalState, SenderVerdict
from storage import arrivals, journal, returns, steps
from storage.journal import Event
from storage.steps import Claim

STAGE = "return"
DESK = "baocao"  # an address for returns that were not sent as an answer
KNOWN = (SenderVerdict.AUTHENTICATED, SenderVerdict.ALIGNED)
MOST_SHEETS = 5


def is_for_returns(hub: Hub, address: str) -> bool:
    """Whether what comes to this address is a return."""
    local, domain = local_and_domain(address)
    return (local == DESK and domain in hub.directory.domains) or signing.form_of_address(hub, address) > 0


def run(hub: Hub, step: Claim, worker: str) -> None:
    """Read one mail and take in the return that it holds."""
    with hub.database.reading() as connection:
        envelope = arrivals.envelope_of(row := arrivals.get(connection, step.subject))
    with tempfile.TemporaryDirectory(prefix=f"return-{step.subject}-", dir=hub.data / "work") as folder:
        opened = arrived.opened(hub, step, row.sha256, envelope, Path(folder))
        if opened is None:
            return
        envelope, reading = opened
        with speaking(hub.config.organisation.language):
            found = _take(hub, step.subject, envelope, reading, Path(folder))
    if found is None:  # no return at all: for a clerk to read, like other mail
        steps.pass_on(hub.database, step, "register", hub.now())
        return
    state, outcome = found
    _settle(hub, step, reading, envelope, state, outcome)


def _take(
    hub: Hub, arrival: int, envelope: Envelope, reading: ParcelReading, folder: Path
) -> tuple[ArrivalState, str] | None:
    actor = (envelope.person or envelope.mail_from) if envelope.verdict in KNOWN else ""
    grids, unreadable = _grids(hub, reading.files, folder)
    form = _form(hub, envelope, actor, [item for _name, item in grids], reading.body)
    if form is None:
        answer = any(signing.is_answer_address(to) for to in envelope.recipients)
        return (ArrivalState.REFUSED, "no-form") if answer else None
    mark = f"return.{arrival}"
    said = reading.body
    if not actor:
        replying.refused(hub, form, "", (SayFault("sender-unverified"),), mark, said=said)
        return ArrivalState.REFUSED, "sender-unverified"
    if not may_hand_in(hub, actor, form.row.unit):
        unit = hub.directory.party_name(form.row.unit)
        replying.refused(hub, form, actor, (SayFault("not-yours", "", actor, unit),), mark, said=said)
        return ArrivalState.REFUSED, "not-yours"
    outcome = _understood(hub, actor, form, reading, grids, unreadable, arrival)
    if outcome.version is None:
        replying.refused(hub, form, actor, outcome.faults, mark, said=said, kept=outcome.kept)
        return ArrivalState.ANSWER, "return-to-mend"
    replying.received(hub, outcome, actor)
    return ArrivalState.ANSWER, "returned"


def _understood(
    hub: Hub,
    actor: str,
    form: Form,
    reading: ParcelReading,
    grids: Sequence[tuple[str, Sequence[Grid]]],
    unreadable: Sequence[str],
    arrival: int,
) -> Outcome:
    """A sheet stands before words, because whoever attaches one means it."""
    if unreadable:
        return _faulty(form, *(SayFault("sheet-unreadable", "", name) for name in unreadable))
    if grids:
        said = _by_sheet(hub, form, grids)
        return hand_in(hub, actor, form, said, channel="sheet", whole=True, arrival=arrival)
    said = by_words(form.kind, reading.body)
    if said.nothing and not said.faults:
        others = [
            file.name for file in reading.files if not file.inline and file.reading.text != reading.body
        ]
        faults = [SayFault("other-file", "", name) for name in others[:MOST_SHEETS]]
        return _faulty(form, *(faults or [SayFault("nothing")]))
    return hand_in(hub, actor, form, said, channel="mail", arrival=arrival)


def _by_sheet(hub: Hub, form: Form, grids: Sequence[tuple[str, Sequence[Grid]]]) -> Said:
    if len(grids) > 1:
        return Said(faults=(SayFault("two-sheets"),))
    _name, pages = grids[0]
    wrong = _misplaced(hub, form, sheet.reference(pages))
    return Said(faults=(wrong,)) if wrong is not None else sheet.entries(form.kind, pages)


def _misplaced(hub: Hub, form: Form, reference: sheet.Reference | None) -> SayFault | None:
    """Whether the sheet is another form than the one that is answered."""
    if reference is None:
        return SayFault("no-mark", "", "", sheet.MARK)
    if reference.kind != form.row.kind:
        return SayFault("other-kind", "", reference.kind)
    if reference.unit != form.row.unit:
        names = hub.directory.party_name
        return SayFault("other-unit", "", names(reference.unit), names(form.row.unit))
    if reference.period != form.row.period:
        return SayFault("other-period", "", reference.period, period_words(form.period))
    return None


def _faulty(form: Form, *faults: SayFault) -> Outcome:
    return Outcome(form, None, {}, faults)


def _form(
    hub: Hub, envelope: Envelope, actor: str, grids: Sequence[Sequence[Grid]], body: str
) -> Form | None:
    """The form that the address names; at baocao@ the one that is meant, and None where none is."""
    with hub.database.reading() as connection:
        for address in envelope.recipients:
            named = signing.form_of_address(hub, address)
            if named and (found := form_of(hub, connection, named)) is not None:
                return found
        reference = next((r for pages in grids if (r := sheet.reference(pages)) is not None), None)
        kinds = [reference.kind] if reference is not None else list(hub.config.reports.kinds)
        for unit, kind in product(units_of(hub, actor), kinds):
            row = returns.newest_form(connection, kind, unit)
            found = meant(hub, row) if row is not None else None
            if found is not None and (reference is not None or not by_words(found.kind, body).nothing):
                return found
    return None


def _grids(
    hub: Hub, files: Sequence[FileReading], folder: Path
) -> tuple[list[tuple[str, tuple[Grid, ...]]], list[str]]:
    """The workbooks among the files, each with its sheets; and those that cannot be opened."""
    found: list[tuple[str, tuple[Grid, ...]]] = []
    broken: list[str] = []
    if hub.readers is None:
        raise RuntimeError("this process has no readers")
    for file in [file for file in files if is_form_name(file.name)][:MOST_SHEETS]:
        try:
            found.append((file.name, hub.readers.grids(folder / file.path)))
        except ReadFailed as error:
            if error.transient:
                raise
            broken.append(file.name)
    return found, broken


def _settle(
    hub: Hub,
    step: Claim,
    reading: ParcelReading,
    envelope: Envelope,
    state: ArrivalState,
    outcome: str,
) -> None:
    columns = arrived.mail_columns(reading)
    with hub.database.transaction() as connection:
        arrivals.settle(connection, step.subject, state, outcome=outcome, verdict=envelope.verdict, **columns)
        steps.finish(connection, step)
        event = Event(state.value, f"arrival:{step.subject}", {"why": outcome})
        journal.append(connection, "hub", [event], hub.now())
    hub.wake.ring()
