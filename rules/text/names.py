"""A person's name as the name of a mailbox (DOMAIN 9.4).

A Vietnamese name is family, middle (none to three), given; the given name comes last.
"""

import re
from collections.abc import Container
from enum import StrEnum
from itertools import count

from rules.text.fold import fold

SHORTEST, LONGEST = 2, 30  # letters of a mailbox name
OFFICES = ("vanthu", "lanhdao", "quantri", "congbao", "baocao", "hotro", "congvan")  # DOMAIN 9.4, SEMANTICS
ROLES = ("postmaster", "abuse", "admin", "root", "webmaster", "hostmaster", "security", "noreply")  # RFC 2142
RESERVED = frozenset((*OFFICES, *ROLES, "mailer-daemon"))
INTAKES = "vanthu."  # vanthu.<unit> is the unit's intake
_PART = re.compile(r"[a-z0-9]+")


class Pattern(StrEnum):
    """How mailboxes are named, each shown on Nguyễn Văn An (DOMAIN 11.2)."""

    GIVEN_INITIALS = "annv"
    INITIALS_GIVEN = "nvan"
    GIVEN_DOT_REST = "an.nguyenvan"
    GIVEN_DOT_FAMILY = "an.nguyen"
    FULL = "nguyenvanan"
    DOTTED = "nguyen.van.an"


def is_reserved(local: str) -> bool:
    """Whether this local part stands for an office or a duty, so no person may have it."""
    local = local.casefold()
    return local in RESERVED or local.startswith(INTAKES)


def given_name(name: str) -> str:
    """The name to sort and greet by: the last word. Empty for an empty name."""
    return name.split()[-1] if name.split() else ""


def mailbox_name(
    name: str, pattern: Pattern = Pattern.GIVEN_INITIALS, taken: Container[str] = frozenset()
) -> str:
    """The local part for this name: 2 to 30 of ``a-z 0-9 .``, free and not reserved.

    ``taken`` are the local parts ever given, those of people who left included,
    because an address is never given twice. The second of a kind gets a 2, and so on.
    ValueError when the name has no letter of the Latin alphabet.
    """
    stem = _stem(name, pattern)
    if stem.startswith(INTAKES):  # a number behind it would not free it
        stem = stem.replace(".", "")
    for number in count(1):
        tail = "" if number == 1 else str(number)
        local = stem[: LONGEST - len(tail)].rstrip(".") + tail
        if len(local) >= SHORTEST and local not in taken and not is_reserved(local):
            return local
    raise AssertionError("count() does not end")


def _stem(name: str, pattern: Pattern) -> str:
    parts: list[str] = _PART.findall(fold(name[:200]))
    if not parts:
        raise ValueError(f"no mailbox name can be made of {name[:40]!r}")
    *rest, given = parts
    initials = "".join(part[0] for part in rest)
    match pattern:
        case Pattern.GIVEN_INITIALS:
            return given + initials
        case Pattern.INITIALS_GIVEN:
            return initials + given
        case Pattern.GIVEN_DOT_REST:
            return ".".join(filter(None, (given, "".join(rest))))
        case Pattern.GIVEN_DOT_FAMILY:
            return ".".join((given, *rest[:1]))
        case Pattern.FULL:
            return "".join(parts)
        case Pattern.DOTTED:
            return ".".join(parts)
