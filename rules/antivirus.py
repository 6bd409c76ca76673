"""What an answer of clamd is worth (PROMISES S12): a find always counts, "OK" only where all was seen."""

import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from rules.values.antivirus import CLEAN, INFECTED, NOT_SCANNED, Scan

_LIMITS = "Heuristics.Limits.Exceeded"
_ENCRYPTED = "Heuristics.Encrypted"
_FOUND = re.compile(r"^[^:]{0,300}: (\S{1,200}) FOUND$")
_CODES = re.compile(r"bomb-\w+|(?:nesting|parts|pages|headers)-capped|encrypted")
_VERSION = re.compile(r"^(ClamAV [\w.+~-]{1,40})(?:/(\d{1,10})/(\w{3} \w{3} [\d ]\d \d\d:\d\d:\d\d \d{4}))?")


def judge(reply: str, warnings: Collection[str] = ()) -> Scan:
    """``reply`` to INSTREAM; ``warnings``: what our own reader met in the file, because clamd says OK to
    what it could not open and, unless told otherwise, to what passed its limits.
    """
    reply = reply.strip()
    found = _FOUND.match(reply)
    if found and found[1].startswith((_LIMITS, _ENCRYPTED)):
        return Scan(NOT_SCANNED, "limits" if found[1].startswith(_LIMITS) else "encrypted")
    if found:
        return Scan(INFECTED, "".join(c for c in found[1] if c.isascii() and c.isprintable()))
    if reply.endswith(": OK"):
        stopped = next((code for code in warnings if _CODES.fullmatch(code)), "")
        return Scan(NOT_SCANNED, stopped) if stopped else Scan(CLEAN)
    return Scan(NOT_SCANNED, "limits" if "limit exceeded" in reply.lower() else "error")


def version(reply: str) -> tuple[str, datetime | None]:
    """Name and day of the signatures in the reply to VERSION; None where they bear no date."""
    match = _VERSION.match(reply.strip())
    if match is None:
        return "", None
    if match[3] is None:
        return match[1], None
    try:
        return match[1], datetime.strptime(match[3], "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    except ValueError:
        return match[1], None


def fresh(signatures: datetime | None, now: datetime, days: float) -> bool:
    """Whether signatures are new enough for "clean" to mean something."""
    return signatures is not None and now - signatures <= timedelta(days=days)
