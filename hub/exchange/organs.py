"""Which party an organisation id stands for, and the id of a party."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.context import Hub
from rules.values.directory import OUTSIDE
from rules.values.edxml import Organ

if TYPE_CHECKING:
    from connectors.ports import Transport

SCHEME = "edxml:"  # of an address in the ledger: edxml:000.00.00.G22
SOURCE = "edxml"


def party_of(hub: Hub, organ: str) -> str | None:
    """The unit or outside body with this id; the central unit for the organisation's own."""
    directory = hub.directory
    if not organ:
        return None
    if organ == hub.config.exchange.organ_id:
        return directory.central
    units = (code for code, unit in directory.units.items() if unit.national_id == organ)
    bodies = (f"{OUTSIDE}{code}" for code, body in directory.outside.items() if body.national_id == organ)
    return next(units, None) or next(bodies, None)


def organ_of(hub: Hub, party: str) -> Organ:
    """The party as it stands in a package; a unit without an id of its own goes by the organisation's."""
    directory, name = hub.directory, hub.directory.party_name(party)
    if party in directory.units:
        unit = directory.units[party]
        own = (
            unit.national_id or hub.config.exchange.organ_id or party
        )  # a folder inside the house needs no id
        return Organ(own, name, hub.config.organisation.name, unit.email)
    body = directory.body(party)
    return Organ(
        body.national_id if body is not None else "", name, "", body.email if body is not None else ""
    )


def folder_of(hub: Hub, unit: str) -> Transport:
    """The folder that a unit's own software empties (channel ``folder``)."""
    from connectors.registry import TRANSPORTS

    return TRANSPORTS["folder"](hub.data / hub.config.exchange.folder / unit / "outgoing")


def goes_by_gateway(hub: Hub, party: str) -> bool:
    """A body outside that has an id and no mail address is reached by the gateway alone."""
    body = hub.directory.body(party)
    return body is not None and bool(hub.config.exchange.organ_id and body.national_id) and not body.email


def wants_package(hub: Hub, party: str) -> bool:
    """Whether mails to it carry the package too: a unit of channel ``edxml``, a body with an id."""
    if not hub.config.exchange.organ_id:
        return False
    unit = hub.directory.unit(party)
    if unit is not None:
        return "edxml" in unit.channels
    body = hub.directory.body(party)
    return body is not None and bool(body.national_id)
