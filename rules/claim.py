"""Whom do From and Sender name: read so strictly that no other program can read it otherwise.

Every mail program has its own idea of a broken From (CVE-2023-27043), so what
is not plainly one address, with or without a name before it, names nobody.
"""

import re
from collections.abc import Sequence

from rules.directory import local_and_domain
from rules.mail_address import wire_address
from rules.mail_glance import claimed_addresses, decoded
from rules.values.sender import Claim

_LONGEST = 2000  # characters of one header; no name and address need more
_MOST_DOMAINS = 20
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_STRUCTURE = re.compile(r'[<>()\[\],;:\\@"\x00-\x1f\x7f]')
_AT = ("@", "＠", "﹫")  # what looks like one, too


def claim_of(senders: Sequence[str], authors: Sequence[str]) -> Claim:
    """From every Sender and From header, unfolded and not decoded."""
    doubts = []
    if len(authors) != 1:
        doubts.append("from-several" if authors else "from-missing")
    if len(senders) > 1:
        doubts.append("sender-several")
    address, doubt = _sole(authors[0]) if len(authors) == 1 else ("", "")
    named, sender_doubt = _sole(senders[0]) if len(senders) == 1 else ("", "")
    doubts += [doubt] if doubt else []
    doubts += ["sender-unclear"] if sender_doubt else []
    domains = [_ascii(address) for address in claimed_addresses([*authors, *senders])]
    return Claim(
        "" if doubts else _ascii(address),
        _ascii(named),
        tuple(dict.fromkeys(domain for domain in domains if domain))[:_MOST_DOMAINS],
        tuple(doubts),
    )


def _sole(header: str) -> tuple[str, str]:
    """The one address of a header, or a doubt."""
    text = header.strip(" \t")
    if len(text) > _LONGEST:
        return "", "from-unclear"
    name, opening, rest = text.rpartition("<")
    address = rest.removesuffix(">") if opening else text
    if opening and not rest.endswith(">"):
        return "", "from-unclear"
    if _STRUCTURE.search(_QUOTED.sub("", name)) or not address.isascii() or wire_address(address) is None:
        return "", "from-unclear"
    return address, "name-is-address" if _names_another(name, address) else ""


def _names_another(name: str, address: str) -> bool:
    """Whether the name before an address looks like another address: a reader sees only the name."""
    shown = decoded(name)
    if not any(mark in shown for mark in _AT):
        return False
    return shown.strip(" \t\"'").casefold() != address.casefold()


def _ascii(address: str) -> str:
    """The domain of an address as DNS knows it; full-width letters and the like are folded."""
    domain = local_and_domain(address)[1][:253]
    try:
        return domain.encode("ascii" if domain.isascii() else "idna").decode("ascii").lower()
    except UnicodeError:
        return ""
