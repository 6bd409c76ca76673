"""Where a party's mail goes: a mailbox of this hub, or an address outside."""

from __future__ import annotations

import hashlib
import hmac

from hub.context import Hub
from hub.exchange.organs import SCHEME, goes_by_gateway
from rules.directory import local_and_domain
from rules.values.sending import Address


def address_of(hub: Hub, party: str) -> Address | None:
    """The address of a unit, person or outside body; None when none is known."""
    directory = hub.directory
    name = directory.party_name(party)
    if party in directory.units:
        unit = directory.units[party]
        return addressed(hub, unit.email or f"vanthu.{party}@{hub.config.domain}", name)
    if (body := directory.body(party)) is not None:
        if goes_by_gateway(hub, party):
            return Address(f"{SCHEME}{body.national_id}", name)
        return addressed(hub, body.email, name) if body.email else None
    prefix, _colon, rest = party.partition(":")
    if prefix == "mail":  # an address that a rule names
        return addressed(hub, rest)
    if prefix == "person":
        return addressed(hub, rest, name if name != party else "")
    return addressed(hub, f"congbao@{hub.config.domain}", name) if party == "gazette" else None


def addressed(hub: Hub, email: str, name: str = "") -> Address:
    """An address, with its mailbox when it is one of this hub's."""
    local, domain = local_and_domain(email)
    ours = domain in hub.directory.domains
    return Address(email, name, f"{domain}/{local}" if ours else None)


def bounce_address(hub: Hub, delivery: int) -> str:
    """The keyed sender of a delivery's mail: bounces name their delivery, and nobody can invent one."""
    return f"bounce+{delivery}.{_mac(hub, delivery)}@{hub.config.domain}"


def delivery_of_bounce(hub: Hub, address: str) -> int | None:
    """The delivery a bounce address stands for; None when it was not made by us."""
    local, _domain = local_and_domain(address)
    number, _dot, mac = local.removeprefix("bounce+").partition(".")
    if not local.startswith("bounce+") or not number.isdecimal() or len(number) > 18:
        return None
    return int(number) if hmac.compare_digest(mac, _mac(hub, int(number))) else None


def is_bounce_address(address: str) -> bool:
    """Whether an address is of the kind that bounces come to, valid or not."""
    return local_and_domain(address)[0].startswith("bounce+")


def _mac(hub: Hub, delivery: int) -> str:
    digest = hmac.new(hub.secret, f"bounce {delivery}".encode(), hashlib.sha256).hexdigest()
    return digest[:32]
