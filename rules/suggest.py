"""Which known address may be meant by one that does not exist."""

import difflib
from collections.abc import Collection

_ALIKE = 0.72
_SAME_PLACE = 0.85
MOST = 3


def nearest(address: str, known: Collection[str], most: int = MOST) -> list[str]:
    """The known addresses that are written most alike, best first; the same domain counts more."""
    wanted = address.strip().casefold()
    local, _at, domain = wanted.rpartition("@")
    if not local:
        return []
    scored = []
    for candidate in {item.casefold() for item in known if item} - {wanted}:
        other, _at, place = candidate.rpartition("@")
        names = difflib.SequenceMatcher(None, local, other).ratio()
        places = difflib.SequenceMatcher(None, domain, place).ratio()
        score = names * 0.6 + places * 0.4
        if score >= _ALIKE and places >= _SAME_PLACE:  # because every body has a mailbox "vanthu"
            scored.append((score, candidate))
    return [candidate for _score, candidate in sorted(scored, key=lambda item: (-item[0], item[1]))[:most]]
