"""The real resolver against a name server on this machine."""

import socket
import threading
import time
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from connectors.checks.resolver import DnsResolver, DnsUnavailable

ANSWERS = {
    ("TXT", "a.example."): ['"v=spf1 " "-all"', '"other"'],
    ("A", "a.example."): ["192.0.2.1", "192.0.2.2"],
    ("AAAA", "a.example."): ["2001:db8::1"],
    ("MX", "a.example."): ["10 mx.a.example."],
    ("PTR", "1.2.0.192.in-addr.arpa."): ["mx.a.example."],
}


class NameServer:
    """Answers out of ANSWERS; "silent" never, "broken" with SERVFAIL."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.asked: list[str] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._socket.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            data, peer = self._socket.recvfrom(4096)
            if not data:
                return
            query = dns.message.from_wire(data)
            question = query.question[0]
            name = question.name.to_text().lower()
            self.asked.append(name)
            if name.startswith("silent"):
                continue
            kind = dns.rdatatype.to_text(question.rdtype)
            answer = dns.message.make_response(query)
            answer.flags |= dns.flags.RA
            if name.startswith("broken"):
                answer.set_rcode(dns.rcode.SERVFAIL)
            elif records := ANSWERS.get((kind, name)):
                answer.answer.append(dns.rrset.from_text_list(question.name, 60, "IN", kind, records))
            elif not any(known == name for _kind, known in ANSWERS):
                answer.set_rcode(dns.rcode.NXDOMAIN)
            self._socket.sendto(answer.to_wire(), peer)


@pytest.fixture
def server() -> Iterator[NameServer]:
    made = NameServer()
    yield made
    made.close()


@pytest.fixture
def resolver(server: NameServer) -> DnsResolver:
    return DnsResolver(0.6, ("127.0.0.1",), server.port)


def test_every_kind_of_record(resolver: DnsResolver) -> None:
    assert sorted(resolver.txt("a.example")) == ["other", "v=spf1 -all"]
    assert sorted(resolver.a("A.example.")) == ["192.0.2.1", "192.0.2.2"]
    assert resolver.aaaa("a.example") == ["2001:db8::1"]
    assert resolver.mx("a.example") == [(10, "mx.a.example")]
    assert resolver.ptr("1.2.0.192.in-addr.arpa") == ["mx.a.example"]


@pytest.mark.parametrize(
    "name", ["nobody.example", "", "a..b", "x" * 64 + ".example", ".".join(["a"] * 200), "\udcff.x"]
)
def test_no_such_name_is_an_empty_answer(resolver: DnsResolver, name: str) -> None:
    assert resolver.txt(name) == []


def test_a_name_without_such_a_record(resolver: DnsResolver) -> None:
    assert resolver.a("1.2.0.192.in-addr.arpa") == []


def test_silence_ends_in_time(resolver: DnsResolver) -> None:
    began = time.monotonic()
    with pytest.raises(DnsUnavailable):
        resolver.txt("silent.example")
    assert time.monotonic() - began < 3


def test_a_server_that_fails_is_no_answer(resolver: DnsResolver) -> None:
    with pytest.raises(DnsUnavailable):
        resolver.txt("broken.example")


def test_answers_are_kept(server: NameServer, resolver: DnsResolver) -> None:
    for _ in range(3):
        assert resolver.a("a.example") and resolver.txt("nobody.example") == []
    assert len(server.asked) == 2


def test_a_dns_that_stays_silent_is_left_alone_for_a_while(server: NameServer) -> None:
    resolver = DnsResolver(0.05, ("127.0.0.1",), server.port)
    for number in range(5):
        with pytest.raises(DnsUnavailable, match="Timeout"):
            resolver.a(f"silent{number}.example")
    asked = len(server.asked)
    with pytest.raises(DnsUnavailable, match="resting"):
        resolver.a("a.example")
    assert len(server.asked) == asked
