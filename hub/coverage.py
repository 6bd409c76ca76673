"""What units lack, for the list of ``vanthu units check`` and the doctor."""

from __future__ import annotations

from typing import Any

from hub.addresses import address_of
from hub.context import Hub
from hub.texts import N_, _
from rules.coverage import REMARKS, Gap, gaps
from rules.routing.soundness import reached

__all__ = ["REMARKS", "WORDS", "rows", "words"]

WORDS = {
    Gap.CLERK: N_("no clerk"),
    Gap.LEADER: N_("no leader"),
    Gap.OFFICER: N_("no IT officer (administrator)"),
    Gap.ADDRESS: N_("no address"),
    Gap.BOOK: N_("nobody keeps its books"),
    Gap.ABOVE: N_("the unit above it is closed"),
    Gap.UNREACHED: N_("no rule and no group reaches it, and its name is not its own"),
    Gap.BY_NAME: N_("only its own name reaches it"),
    Gap.SUCCESSOR: N_("closed without a successor"),
}


def rows(hub: Hub, *, everything: bool = False) -> list[dict[str, Any]]:
    """Units that lack something: unit, name, gaps; with ``everything`` also what is only worth a remark."""
    directory, today = hub.directory, hub.today()
    sent = {
        party for published in hub.snapshot().rules for party in reached(published.rules, directory, today)
    }
    found = gaps(directory, sent, lambda unit: _has_address(hub, unit), today)
    shown = {
        unit: [gap.value for gap in lacking if everything or gap not in REMARKS]
        for unit, lacking in found.items()
    }
    return [
        {"unit": unit, "name": directory.party_name(unit), "gaps": lacking}
        for unit, lacking in shown.items()
        if lacking
    ]


def words(gap: str) -> str:
    """What is lacking, for people."""
    return _(WORDS[Gap(gap)])


def _has_address(hub: Hub, unit: str) -> bool:
    """Mail finds its way there: into a mailbox of the hub, or through the mail server that is set."""
    address = address_of(hub, unit)
    return address is not None and (address.mailbox is not None or bool(hub.config.delivery.smarthost))
