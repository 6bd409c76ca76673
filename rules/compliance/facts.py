"""What the hub counts about one unit in one period, before anything is judged."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Facts:
    """Counts of one unit; a figure that does not exist yet stays zero."""

    incoming: int = 0  # văn bản đến registered in the period
    incoming_network: int = 0
    incoming_scanned: int = 0
    outgoing: int = 0  # văn bản đi registered in the period
    outgoing_network: int = 0  # of them sent to somebody over the network
    outgoing_scanned: int = 0
    outgoing_paper: int = 0  # sent to nobody over the network
    outgoing_with_paper: int = 0  # paper followed or was announced
    electronic_only: int = 0  # over the network, and no paper followed or was announced
    network_first: int = 0  # over the network, and no paper was there before
    minutes_to_send: float | None = None  # median, from signing (or registering) to the first sending
    normative: int = 0
    normative_sent: int = 0  # as a file to the gazette
    normative_days: float | None = None  # mean days from the document's date to that
    entries: int = 0
    incomplete: int = 0  # entries without a field that the law wants
    gaps: int = 0  # numbers of the year's books that stand in no entry
    past_the_clerk: int = 0  # came in, but nobody registered it
    overdue: int = 0
    lookups: int = 0
    logins: int = 0
    leader_lookups: int = 0  # of leaders, at the lists of work
    boards: int = 0  # progress lists mailed to leaders
    staff: int = 0
    mailboxes: int = 0
    active: int = 0  # staff who have a mailbox and sent a mail
    administrators: int = 0
    scans: int = 0  # parcels from the unit's scanner folder
    plans: int = 0  # plans (KH) sent to the centre so far
    indicators: int = 0  # returns of socio-economic figures handed in

    def derived(self) -> dict[str, Any]:
        """The figures by name with those that a form asks beside them."""
        counted = {item.name: getattr(self, item.name) for item in fields(self)}
        used = self.entries > 0
        return {**counted, "uses_documents": used, "scanner": self.scans > 0 or None}


def facts_of(kept: Mapping[str, Any]) -> Facts:
    """Facts from what was kept; names that are gone since are left out."""
    known = {item.name for item in fields(Facts)}
    return Facts(**{name: value for name, value in kept.items() if name in known})
