"""SPF (RFC 7208), by pyspf with our questions to DNS."""

import ipaddress
import logging
from typing import Any

import spf

from connectors.checks.resolver import DnsUnavailable, Resolver
from rules.mail_address import wire_address

_LONGEST_RECORD = 8192
_LONGEST_TERM = 320  # characters; a domain has 253, and pyspf's patterns are quadratic
_MOST_VOID = 2  # RFC 7208 4.6.4
log = logging.getLogger("vanthu.checks")


def spf_result(peer: str, mail_from: str, helo: str, resolver: Resolver) -> str:
    """pass, fail, softfail, neutral, none, temperror or permerror for the envelope's sender.

    "none" too where there is nothing to check: no address, or no peer address.
    """
    address = wire_address(mail_from)
    ip = _ip(peer)
    if address is None or ip is None or not address.isascii():
        return "none"
    asked = spf.query(i=ip, s=address, h=helo[:255] if helo.isascii() else "", strict=True)
    _answer_by(asked, resolver)
    try:
        result = str(asked.check()[0])
    except DnsUnavailable:
        return "temperror"
    except Exception as error:  # because pyspf raises what Python raises on records of strangers
        log.debug("an SPF record could not be read: %s", type(error).__name__)
        return "permerror"
    return result if result in spf.EXPLANATIONS else "permerror"


def _ip(peer: str) -> str | None:
    try:
        return str(ipaddress.ip_address(peer.partition("%")[0]))
    except ValueError:
        return None


def _answer_by(query: Any, resolver: Resolver) -> None:
    """Let this query ask our resolver, and count the questions without an answer as RFC 7208 wants it."""

    def dns(name: str, kind: str, cnames: object = None, ignore_void: bool = False) -> list[Any]:
        found = _ask(resolver, str(name), kind)
        if not found and not ignore_void:
            query.void_lookups += 1
            if query.void_lookups > _MOST_VOID:
                raise spf.PermError("too many void lookups")
        return found

    query.dns = dns


def _ask(resolver: Resolver, name: str, kind: str) -> list[Any]:
    if not name:
        return []
    if kind == "TXT":
        return [(_bearable(text).encode("latin-1", "replace"),) for text in resolver.txt(name)]
    if kind == "MX":
        return resolver.mx(name)
    ask = {"A": resolver.a, "AAAA": resolver.aaaa, "PTR": resolver.ptr}.get(kind)
    return list[Any](ask(name)) if ask is not None else []


def _bearable(text: str) -> str:
    """What pyspf may read of a TXT record; of what is no SPF record, its beginning."""
    if text[:6].lower() != "v=spf1":
        return text[:_LONGEST_TERM]
    if len(text) > _LONGEST_RECORD or any(len(term) > _LONGEST_TERM for term in text.split(" ")):
        raise spf.PermError("a record beyond all measure")
    return text
