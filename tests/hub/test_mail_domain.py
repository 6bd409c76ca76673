"""The hub's mail domains: keys that sign, what DNS should say, and what the doctor makes of its answers."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.checks.resolver import TableResolver
from connectors.writers.signing_keys import KeyRing, read_ring, ring_file, write_ring
from hub.context import Hub
from hub.desk import commands
from hub.desk.refused import Refused
from hub.doctor import mail_domain
from hub.founding import found
from hub.mailboxes.dns import wanted
from hub.texts import speaking
from rules.mailboxes.dns_records import Record

CONSOLE = "console:root"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with speaking("en"):
        yield


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    made = found(tmp_path / "hub", sample=False, domain="so.example")
    made.config = dataclasses.replace(
        made.config, delivery=dataclasses.replace(made.config.delivery, smarthost="relay.example:587")
    )
    yield made
    made.database.close()


def key(hub: Hub, command: str, **given: str) -> dict[str, str]:
    made: dict[str, str] = commands.perform(hub, CONSOLE, f"dkim.{command}", given)
    return made


def test_keys_are_made_published_taken_into_use_and_removed(hub: Hub) -> None:
    first = key(hub, "make")
    assert first["active"] == first["selector"] == f"vt{hub.today():%Y%m}"
    second = key(hub, "make")
    assert (second["selector"], second["active"]) == (f"{first['selector']}-2", first["selector"])
    published = [record.name for _domain, record in wanted(hub) if "_domainkey" in record.name]
    assert published == [f"{one['selector']}._domainkey.so.example" for one in (first, second)]
    with pytest.raises(Refused, match="signs now"):
        key(hub, "remove", selector=first["selector"])
    assert key(hub, "use", selector=second["selector"])["active"] == second["selector"]
    key(hub, "remove", selector=first["selector"])
    ring = read_ring(ring_file(hub.data, "so.example"))
    assert (ring.active, list(ring.keys)) == (second["selector"], [second["selector"]])


@pytest.mark.parametrize(
    ("command", "given", "words"),
    [
        ("make", {"domain": "other.example"}, "other.example is no domain of this hub; known: so.example"),
        ("make", {"selector": "a.b"}, "a.b is no selector"),
        ("use", {"selector": "x"}, "there is no key x; known: -"),
    ],
)
def test_what_cannot_be_done_is_said(hub: Hub, command: str, given: dict[str, str], words: str) -> None:
    with pytest.raises(Refused, match=words):
        key(hub, command, **given)


def states(hub: Hub, examination: object) -> list[tuple[str, str]]:
    return [(check.state, check.text) for check in examination(hub)]  # type: ignore[operator]


def answers(published: list[Record]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for record in published:
        found.setdefault((record.kind, record.name), []).append(record.value)
    return found


def test_the_doctor_compares_dns(hub: Hub) -> None:
    assert states(hub, mail_domain.signatures) == [("warning", "mails of so.example leave unsigned")]
    key(hub, "make")
    assert [state for state, _text in states(hub, mail_domain.signatures)] == ["ok"]
    published = [record for _domain, record in wanted(hub)]
    hub.dns = TableResolver(answers(published))
    assert states(hub, mail_domain.names) == [("ok", f"{len(published)} records are right")]
    hub.dns = TableResolver(answers([record for record in published if record.kind in ("MX", "CNAME")]))
    first, second = states(hub, mail_domain.names)
    assert first[0] == "error" and "so.example (TXT)" in first[1] and "_domainkey" in first[1]
    assert second[0] == "warning" and "_mta-sts.so.example (TXT)" in second[1]
    hub.dns = TableResolver({}, silent=frozenset(record.name for record in published))
    assert [state for state, _text in states(hub, mail_domain.names)] == ["warning"]


def test_nothing_is_asked_where_dns_is_off_and_a_broken_file_is_named(hub: Hub) -> None:
    hub.config = dataclasses.replace(hub.config, checks=dataclasses.replace(hub.config.checks, dns=False))
    assert [state for state, _text in states(hub, mail_domain.names)] == ["ok"]
    path = ring_file(hub.data, "so.example")
    write_ring(path, KeyRing())
    path.write_bytes(b"[")
    ((state, text),) = states(hub, mail_domain.signatures)
    assert (state, "dkim-so.example.json" in text) == ("error", True)
