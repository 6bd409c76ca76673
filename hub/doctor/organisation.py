"""The organisation: units that nobody looks after, parties that no mail reaches."""

from __future__ import annotations

from collections.abc import Iterator

from hub.addresses import address_of
from hub.context import Hub
from hub.coverage import rows, words
from hub.doctor.check import Check, some
from hub.texts import _
from rules.coverage import Gap


def clerks(hub: Hub) -> Iterator[Check]:
    """Every unit with books needs a clerk today; the general address needs a central unit."""
    directory, today = hub.directory, hub.today()
    keepers = [
        code for code, unit in directory.units.items() if unit.keeps_books and directory.valid(code, today)
    ]
    without = [code for code in keepers if not directory.clerks(code, today)]
    if directory.central is None:
        remedy = _("mark one unit as central in units.csv")
        yield Check(_("organisation"), "warning", _("no unit stands for the general address"), remedy)
    if without:
        text = _("{count} units have no clerk: {names}").format(count=len(without), names=some(without))
        yield Check(_("organisation"), "warning", text, _("give them a clerk in posts.csv"))
    else:
        text = _("{count} units keep books, each has a clerk").format(count=len(keepers))
        yield Check(_("organisation"), "ok", text)


def place(hub: Hub) -> Iterator[Check]:
    """The place before the date of letters (Decree 30 App. I); without it the date stands alone."""
    if not hub.config.organisation.place:
        text = _("letters that the hub writes name no place before their date")
        yield Check(_("organisation"), "warning", text, _("set organisation.place"))


def coverage(hub: Hub) -> Iterator[Check]:
    """What units lack beside a clerk and an address: leader, IT officer, a successor, a way to them."""
    known = {Gap.CLERK, Gap.ADDRESS}  # the checks beside this one name them
    found: dict[Gap, list[str]] = {}
    for row in rows(hub):
        for gap in row["gaps"]:
            found.setdefault(Gap(gap), []).append(row["unit"])
    lacking = {gap: units for gap, units in found.items() if gap not in known}
    for gap, units in lacking.items():
        text = _("{count} units: {what}: {names}").format(
            count=len(units), what=words(gap), names=some(units)
        )
        yield Check(_("coverage"), "warning", text, _("all of it: vanthu units check"))
    if not lacking:
        yield Check(_("coverage"), "ok", _("every unit is looked after and reached"))


def addresses(hub: Hub) -> Iterator[Check]:
    """Parties without an address, and addresses elsewhere without a way to them."""
    directory, today = hub.directory, hub.today()
    parties = [code for code in directory.units if directory.valid(code, today)]
    parties += [f"outside:{code}" for code in directory.outside]
    found = {party: address_of(hub, party) for party in parties}
    without = [party for party, address in found.items() if address is None]
    elsewhere = [party for party, address in found.items() if address is not None and address.mailbox is None]
    if without:
        text = _("{count} parties have no address: {names}").format(count=len(without), names=some(without))
        yield Check(
            _("addresses"), "warning", text, _("add their addresses; until then deliveries to them fail")
        )
    if elsewhere and not hub.config.delivery.smarthost:
        text = _("{count} parties are reached through a mail server only: {names}").format(
            count=len(elsewhere), names=some(elsewhere)
        )
        yield Check(_("addresses"), "warning", text, _("set delivery.smarthost"))
    if not without and (not elsewhere or hub.config.delivery.smarthost):
        yield Check(_("addresses"), "ok", _("everybody can be reached"))
