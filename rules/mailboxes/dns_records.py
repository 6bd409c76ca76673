"""Which records a mail domain needs in DNS, and whether what stands there will do.

MX; SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489); MTA-STS (RFC 8461); where mail programs
connect (RFC 6186, RFC 8314).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Purpose(StrEnum):
    """What a record is for."""

    MX = "mx"
    SPF = "spf"
    DKIM = "dkim"
    DMARC = "dmarc"
    MTA_STS = "mta-sts"
    PROGRAMS = "programs"


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it should stand; names without the last dot."""

    purpose: Purpose
    name: str
    kind: str  # MX, TXT, SRV, CNAME
    value: str


@dataclass(frozen=True, slots=True)
class MailDomain:
    """What the hub knows of a domain of its own."""

    name: str
    host: str  # where mail and mail programs connect
    relay: str = ""  # a smarthost elsewhere that sends for the domain
    keys: Mapping[str, str] = field(default_factory=dict)  # selector -> record
    ports: Mapping[str, int] = field(default_factory=dict)  # imap, imaps, submission, submissions
    reports: str = ""  # address for DMARC reports
    sts: str = "testing"  # none, testing or enforce


class Standing(StrEnum):
    """How a record stands in DNS."""

    RIGHT = "right"
    MISSING = "missing"
    OTHER = "other"
    DOUBLE = "double"  # two of what may stand there once, which is as good as none


SERVICES = ("imaps", "imap", "submissions", "submission", "pop3", "pop3s")
STS_DAYS = 7


def records(domain: MailDomain) -> list[Record]:
    """Everything that should stand in DNS for the domain, in the order of its purposes."""
    name, host = domain.name, domain.host
    relay = f" a:{domain.relay}" if domain.relay else ""
    reports = f"; rua=mailto:{domain.reports}" if domain.reports else ""
    found = [
        Record(Purpose.MX, name, "MX", f"10 {host}"),
        Record(Purpose.SPF, name, "TXT", f"v=spf1 mx{relay} -all"),
        *(
            Record(Purpose.DKIM, f"{selector}._domainkey.{name}", "TXT", value)
            for selector, value in domain.keys.items()
        ),
        Record(Purpose.DMARC, f"_dmarc.{name}", "TXT", f"v=DMARC1; p=quarantine{reports}"),
    ]
    if domain.sts != "none":
        mark = hashlib.sha256(sts_policy(domain).encode()).hexdigest()[:16]
        found.append(Record(Purpose.MTA_STS, f"_mta-sts.{name}", "TXT", f"v=STSv1; id={mark}"))
        found.append(Record(Purpose.MTA_STS, f"mta-sts.{name}", "CNAME", host))
    return [*found, *_services(domain), Record(Purpose.PROGRAMS, f"autoconfig.{name}", "CNAME", host)]


def _services(domain: MailDomain) -> list[Record]:
    """Where programs connect; the target "." says that a service is not offered (RFC 6186 3.4)."""
    ports = domain.ports
    order = [service for service in SERVICES if service in ports]
    found = [
        Record(
            Purpose.PROGRAMS,
            f"_{service}._tcp.{domain.name}",
            "SRV",
            f"{order.index(service)} 1 {ports[service]} {domain.host}" if service in ports else "0 0 0 .",
        )
        for service in SERVICES
    ]
    discovery = f"_autodiscover._tcp.{domain.name}"
    return [*found, Record(Purpose.PROGRAMS, discovery, "SRV", f"0 1 443 autoconfig.{domain.name}")]


def sts_policy(domain: MailDomain) -> str:
    """The text under https://mta-sts.<domain>/.well-known/mta-sts.txt (RFC 8461 3.2)."""
    seconds = STS_DAYS * 86_400
    return f"version: STSv1\r\nmode: {domain.sts}\r\nmx: {domain.host}\r\nmax_age: {seconds}\r\n"


def standing(record: Record, found: Sequence[str]) -> Standing:
    """What the answer of DNS to a record's name and kind is worth."""
    if record.kind == "TXT":
        return _text(record, [text for text in found if _tag(text) == _tag(record.value)])
    if not found:
        return Standing.MISSING
    wanted = _plain(record.value)
    if record.purpose is Purpose.MX:  # others may stand beside it, and the preference is the domain's own
        hosts = {_plain(text).rpartition(" ")[2] for text in found}
        return Standing.RIGHT if wanted.rpartition(" ")[2] in hosts else Standing.OTHER
    if record.kind == "SRV":
        places = {_plain(text).split(" ", 2)[2] for text in found if text.count(" ") >= 3}
        return Standing.RIGHT if wanted.split(" ", 2)[2] in places else Standing.OTHER
    return Standing.RIGHT if wanted in map(_plain, found) else Standing.OTHER


def _text(record: Record, found: Sequence[str]) -> Standing:
    if not found:
        return Standing.MISSING
    if len(found) > 1:
        return Standing.DOUBLE
    same = _tags(found[0]) == _tags(record.value)
    # A policy of the domain's own is as good as the proposed one; a key or a mark is right or wrong.
    own = record.purpose in (Purpose.SPF, Purpose.DMARC)
    return Standing.RIGHT if same or own else Standing.OTHER


def _tag(text: str) -> str:
    return text.replace(";", " ").split(" ", 1)[0].strip().casefold()


def _tags(text: str) -> list[str]:
    return sorted("".join(part.split()) for part in text.split(";") if part.strip())


def _plain(text: str) -> str:
    return text.casefold().rstrip(".") if text.strip(". ") else text


def zone_line(record: Record) -> str:
    """As it stands in a zone file (RFC 1035 5); texts are cut at 255 octets."""
    value = record.value
    if record.kind == "TXT":
        pieces = [value[start : start + 255] for start in range(0, len(value), 255)]
        value = " ".join(f'"{piece}"' for piece in pieces)
    elif not value.endswith("."):
        value += "."
    return f"{record.name}. IN {record.kind} {value}"
