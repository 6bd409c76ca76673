"""What DNS should say about the hub's mail domains, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectors.writers.signing_keys import public_record, read_ring, ring_file
from hub.context import Hub
from rules.mailboxes.dns_records import SERVICES, MailDomain, Record, Standing, records, standing

if TYPE_CHECKING:
    from connectors.checks.resolver import Resolver

LOCAL = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Looked:
    """One record, what was found under its name, and what that is worth; None: DNS did not answer."""

    record: Record
    found: tuple[str, ...]
    standing: Standing | None


def mail_domains(hub: Hub) -> list[MailDomain]:
    """The hub's own domains. OSError, ValueError when keys cannot be read."""
    config = hub.config
    places = {name: getattr(config.mailboxes, name, "") for name in SERVICES}
    ports = {name: int(place.rpartition(":")[2]) for name, place in places.items() if place}
    relay = config.delivery.smarthost.rpartition(":")[0].strip("[]")
    host = (config.mailboxes.host or f"mail.{config.domain}").casefold()
    return [
        MailDomain(
            domain.casefold(),
            host,
            relay="" if relay in (*LOCAL, host) else relay.casefold(),
            keys=public_keys(hub, domain),
            ports=ports,
            reports=config.organisation.help_address,
            sts=config.mailboxes.mta_sts,
        )
        for domain in config.organisation.domains
    ]


def public_keys(hub: Hub, domain: str) -> Mapping[str, str]:
    """Selector -> what DNS says of the key; the one that signs first."""
    ring = read_ring(ring_file(hub.data, domain.casefold()))
    order = sorted(ring.keys, key=lambda selector: (selector != ring.active, selector))
    return {selector: public_record(ring.keys[selector]) for selector in order}


def wanted(hub: Hub) -> list[tuple[str, Record]]:
    """Domain and record, for every domain."""
    return [(domain.name, record) for domain in mail_domains(hub) for record in records(domain)]


def look(resolver: Resolver, wished: Sequence[Record]) -> list[Looked]:
    """Ask DNS for each of them."""
    return [_look(resolver, record) for record in wished]


def _look(resolver: Resolver, record: Record) -> Looked:
    from connectors.checks.resolver import DnsUnavailable

    asks: Mapping[str, Callable[[str], Sequence[str]]] = {
        "TXT": resolver.txt,
        "SRV": resolver.srv,
        "MX": lambda name: [f"{preference} {host}" for preference, host in resolver.mx(name)],
        "CNAME": lambda name: resolver.cname(name) or _address_instead(resolver, record),
    }
    try:
        found = tuple(asks[record.kind](record.name))
    except DnsUnavailable:
        return Looked(record, (), None)
    return Looked(record, found, standing(record, found))


def _address_instead(resolver: Resolver, record: Record) -> Sequence[str]:
    """A name with addresses of its own serves as well as one that stands for the host."""
    return [record.value] if resolver.a(record.name) or resolver.aaaa(record.name) else []
