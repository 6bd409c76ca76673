"""Questions to DNS: the contract, the real one, one out of a table, and one that cannot be worn out."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import dns.exception
import dns.name
import dns.resolver
from dns.rdatatype import RdataType

_LONGEST_ANSWER = 20  # records of one name that are looked at
_PATIENCE = 5  # questions in a row without an answer, after which DNS rests
_REST = 30.0  # seconds
_LONGEST_TEXT = 8192  # characters of one TXT record; a key of 4,096 bits has 800


class DnsUnavailable(Exception):
    """No answer for now: a time-out, a server that fails, or too many questions for one mail."""


class Resolver(Protocol):
    """What DNS says. No such name or no such record: an empty list. Raises DnsUnavailable."""

    def txt(self, name: str) -> list[str]:
        """TXT records, the strings of each put together; bytes beyond ASCII as Latin-1."""

    def a(self, name: str) -> list[str]:
        """IPv4 addresses."""

    def aaaa(self, name: str) -> list[str]:
        """IPv6 addresses."""

    def mx(self, name: str) -> list[tuple[int, str]]:
        """Mail exchangers with their preference."""

    def ptr(self, name: str) -> list[str]:
        """The names behind ``4.3.2.1.in-addr.arpa``."""

    def srv(self, name: str) -> list[str]:
        """Services (RFC 2782): priority, weight, port and target in one text."""

    def cname(self, name: str) -> list[str]:
        """The name that this name stands for."""


@dataclass
class DnsResolver:
    """The name servers of this machine (or those named), with a cache of its own. Thread-safe.

    ``seconds`` is the longest wait for one question. When several in a row stay
    without an answer, none is asked for a while: mails that need no DNS must not
    wait behind those that do.
    """

    seconds: float = 2.0
    nameservers: Sequence[str] = ()
    port: int = 53
    cache_entries: int = 5000
    _unanswered: int = 0
    _rests_until: float = 0.0

    def txt(self, name: str) -> list[str]:
        return [b"".join(r.strings).decode("latin-1")[:_LONGEST_TEXT] for r in self._ask(name, RdataType.TXT)]

    def a(self, name: str) -> list[str]:
        return [record.address for record in self._ask(name, RdataType.A)]

    def aaaa(self, name: str) -> list[str]:
        return [record.address for record in self._ask(name, RdataType.AAAA)]

    def mx(self, name: str) -> list[tuple[int, str]]:
        return [(r.preference, r.exchange.to_text(True)) for r in self._ask(name, RdataType.MX)]

    def ptr(self, name: str) -> list[str]:
        return [record.target.to_text(True) for record in self._ask(name, RdataType.PTR)]

    def srv(self, name: str) -> list[str]:
        return [
            f"{r.priority} {r.weight} {r.port} {r.target.to_text(True)}"
            for r in self._ask(name, RdataType.SRV)
        ]

    def cname(self, name: str) -> list[str]:
        return [record.target.to_text(True) for record in self._ask(name, RdataType.CNAME)]

    @cached_property
    def _resolver(self) -> dns.resolver.Resolver:
        made = dns.resolver.Resolver(configure=not self.nameservers)
        if self.nameservers:
            made.nameservers, made.port = list(self.nameservers), self.port
        made.cache = dns.resolver.LRUCache(self.cache_entries)
        return made

    def _ask(self, name: str, kind: RdataType) -> list[Any]:
        try:
            asked = dns.name.from_text(name)
        except (dns.exception.DNSException, UnicodeError):
            return []  # because what is no name has no records
        if time.monotonic() < self._rests_until:
            raise DnsUnavailable("resting")
        try:
            answer = list(self._resolver.resolve(asked, kind, lifetime=self.seconds, search=False))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            answer = []
        except (dns.exception.DNSException, OSError) as error:
            if isinstance(error, dns.exception.Timeout):
                self._count_silence()
            raise DnsUnavailable(type(error).__name__) from error
        self._unanswered = 0
        return answer[:_LONGEST_ANSWER]

    def _count_silence(self) -> None:
        self._unanswered += 1  # threads may miscount by one or two, which only changes when it rests
        if self._unanswered >= _PATIENCE:
            self._unanswered, self._rests_until = 0, time.monotonic() + _REST


@dataclass(frozen=True)
class TableResolver:
    """DNS out of a table, for tests: ``("TXT", "a.example") -> [...]``; names in lower case.

    A name in ``silent`` is not answered for now, whatever its kind.
    """

    records: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()

    def txt(self, name: str) -> list[str]:
        return self._ask("TXT", name)

    def a(self, name: str) -> list[str]:
        return self._ask("A", name)

    def aaaa(self, name: str) -> list[str]:
        return self._ask("AAAA", name)

    def mx(self, name: str) -> list[tuple[int, str]]:
        split = (text.split(" ", 1) for text in self._ask("MX", name))
        return [(int(preference), exchange) for preference, exchange in split]

    def ptr(self, name: str) -> list[str]:
        return self._ask("PTR", name)

    def srv(self, name: str) -> list[str]:
        return self._ask("SRV", name)

    def cname(self, name: str) -> list[str]:
        return self._ask("CNAME", name)

    def _ask(self, kind: str, name: str) -> list[str]:
        key = name.casefold().rstrip(".")
        if key in self.silent:
            raise DnsUnavailable("silent")
        return list(self.records.get((kind, key), ()))


class RationedResolver:
    """Another resolver, for one mail: no more than so many questions in so many seconds.

    A stranger chooses the names that are asked and the servers that answer them.
    """

    def __init__(self, inner: Resolver, seconds: float, questions: int = 60) -> None:
        self._inner, self._left = inner, questions
        self._until = time.monotonic() + seconds

    def txt(self, name: str) -> list[str]:
        self._ration()
        return self._inner.txt(name)

    def a(self, name: str) -> list[str]:
        self._ration()
        return self._inner.a(name)

    def aaaa(self, name: str) -> list[str]:
        self._ration()
        return self._inner.aaaa(name)

    def mx(self, name: str) -> list[tuple[int, str]]:
        self._ration()
        return self._inner.mx(name)

    def ptr(self, name: str) -> list[str]:
        self._ration()
        return self._inner.ptr(name)

    def srv(self, name: str) -> list[str]:
        self._ration()
        return self._inner.srv(name)

    def cname(self, name: str) -> list[str]:
        self._ration()
        return self._inner.cname(name)

    def _ration(self) -> None:
        self._left -= 1
        if self._left < 0 or time.monotonic() > self._until:
            raise DnsUnavailable("the time or the questions for one mail are used up")
