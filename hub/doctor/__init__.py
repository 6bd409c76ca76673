"""What this hub and this machine lack, each with what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy.exc import DBAPIError

from hub.context import Hub
from hub.doctor import database, flow, machine, mail_domain, organisation, rules_in_force, sources
from hub.doctor.check import Check
from hub.texts import N_, _

__all__ = ["Check", "examine"]

Examination = Callable[[Hub], Iterable[Check]]
EXAMINATIONS: tuple[tuple[str, Examination], ...] = (
    (N_("versions"), machine.versions),
    (N_("database"), database.settings_of_the_engine),
    (N_("schema"), database.schema),
    (N_("disk"), machine.disk),
    (N_("permissions"), machine.permissions),
    (N_("certificate"), machine.certificate),
    (N_("trusted networks"), machine.trusted_networks),
    (N_("programs"), machine.programs),
    (N_("readers"), machine.readers),
    (N_("scans"), machine.scans),
    (N_("antivirus"), machine.virus_scanner),
    (N_("clock"), database.clock),
    (N_("spool"), flow.spool),
    (N_("steps"), flow.steps_of_the_queue),
    (N_("deliveries"), flow.overdue_deliveries),
    (N_("journal head"), flow.journal_head),
    (N_("fetched mailboxes"), sources.accounts),
    (N_("organisation"), organisation.clerks),
    (N_("organisation"), organisation.place),
    (N_("coverage"), organisation.coverage),
    (N_("addresses"), organisation.addresses),
    (N_("rules"), rules_in_force.rules_in_force),
    (N_("signatures"), mail_domain.signatures),
    ("DNS", mail_domain.names),
)


def examine(hub: Hub) -> list[Check]:
    """Look at everything once. Changes nothing; what cannot be looked at is itself an error."""
    found: list[Check] = []
    for name, examination in EXAMINATIONS:
        try:
            found += examination(hub)
        except (DBAPIError, OSError) as error:
            line = str(error).partition("\n")[0][:300]
            found.append(Check(_(name), "error", _("cannot be looked at: {error}").format(error=line)))
    return found
