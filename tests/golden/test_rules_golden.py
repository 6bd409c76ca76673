"""Golden rule sets: each folder below ``rules`` holds rule sets, documents as written, and who must get them.

Every document is read, its recipients resolved and the decision made by the real parts with the sample
organisation. ``expected.toml`` lists for each document all deliveries with their roles (``to``, no other),
the rules that held, who was left out, what waits. ``given`` says what is not on the paper (source, moment,
sender) or puts another word in the place of what is. ``unit-<code>.toml`` are a unit's own rules. ``why.md``
says what the case is about.
"""

import tomllib
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import hub
from rules.directory import Directory
from rules.identify.layout import identify
from rules.identify.recipients import resolve
from rules.routing.check import check
from rules.routing.decide import PublishedSet, decide
from rules.routing.language import parse
from rules.sheets import parse_sheets
from rules.values.reading import Fields, Page
from rules.values.routing import Decision, Facts, Held, Receiver
from rules.vocabulary import Direction, Urgency

FOLDER = Path(__file__).parent / "rules"
TODAY = date(2026, 11, 23)
SETS = sorted(path for path in FOLDER.iterdir() if path.is_dir())
CASES = [
    pytest.param(folder, item, id=f"{folder.name}: {item['about']}")
    for folder in SETS
    for item in tomllib.loads((folder / "expected.toml").read_text("utf-8"))["document"]
]


@cache
def organisation() -> Directory:
    sheets = {path.name: path.read_bytes() for path in (Path(hub.__file__).parent / "sample").glob("*.csv")}
    said = parse_sheets(sheets, None, ["binhlam.example"])
    rows = (said.units, said.groups, said.outside, said.people, said.posts)
    return Directory.of(*rows, domains=["binhlam.example"])


@cache
def published(folder: Path) -> tuple[PublishedSet, ...]:
    files = {"rules.toml": None} | {
        path.name: path.stem.removeprefix("unit-") for path in folder.glob("unit-*.toml")
    }
    return tuple(
        PublishedSet(parse((folder / name).read_text("utf-8"), file=name), 1, scope)
        for name, scope in files.items()
    )


def decided(folder: Path, item: dict[str, Any]) -> Decision:
    text = (folder / item["file"]).read_text("utf-8")
    fields = identify([Page(1, text)])
    facts = facts_of(fields, text, item)
    day = facts.date or TODAY
    entries = resolve(fields.recipients, fields.addressees, organisation(), day, text=text)
    return decide(facts, entries, published(folder), organisation(), item.get("day", TODAY))


def facts_of(fields: Fields, text: str, item: dict[str, Any]) -> Facts:
    assert fields.issuer and fields.symbol and fields.type and fields.date and fields.subject
    (issuer,) = organisation().by_name(fields.issuer.value, fields.date.value)
    read = Facts(
        Direction(item.get("direction", "outgoing")),
        type=fields.type.value,
        normative=fields.normative,
        issuer=issuer,
        issuer_text=fields.issuer.value,
        symbol=fields.symbol.value,
        subject=fields.subject.value,
        text=text,
        signer=fields.signer.value if fields.signer else "",
        date=fields.date.value,
        urgency=fields.urgency.value if fields.urgency else Urgency.NORMAL,
        unit=item["unit"],
    )
    given = {key: tuple(value) if isinstance(value, list) else value
             for key, value in item.get("given", {}).items()}  # fmt: skip
    return replace(read, **given)


def reasons(receiver: Receiver) -> set[str]:
    """The rules that sent it, and the kinds of every other reason."""
    return {why.rule or why.kind for why in receiver.because}


def suggested(held: tuple[Held, ...], text: str) -> tuple[str, ...]:
    return next(waiting.suggestions for waiting in held if waiting.text == text)


@pytest.mark.parametrize(("folder", "item"), CASES)
def test_each_document_goes_where_it_must_and_nowhere_else(folder: Path, item: dict[str, Any]) -> None:
    decision = decided(folder, item)
    by_party = {receiver.party: receiver for receiver in decision.receivers}
    assert {party: str(receiver.role) for party, receiver in by_party.items()} == item["to"]
    assert [name.removesuffix("@1") for name in decision.trace] == item["rules"]
    assert [held.text for held in decision.held] == item.get("held", [])
    assert [gone.party for gone in decision.removed if gone.because.kind == "rule"] == item.get("removed", [])
    assert (decision.hold, decision.refuse) == (item.get("hold"), item.get("refuse"))
    assert list(decision.labels) == item.get("labels", [])
    due = {party: receiver.due_days for party, receiver in by_party.items() if receiver.due_days is not None}
    assert due == item.get("due", {})
    for party, words in item.get("because", {}).items():
        assert reasons(by_party[party]) == set(words)
    for text, near in item.get("suggests", {}).items():
        assert near in suggested(decision.held, text)


@pytest.mark.parametrize("folder", SETS, ids=lambda folder: folder.name)
def test_every_set_fits_the_organisation_and_every_rule_of_it_is_seen_to_hold(folder: Path) -> None:
    sets = published(folder)
    assert (folder / "why.md").read_text("utf-8").strip()
    expected = tomllib.loads((folder / "expected.toml").read_text("utf-8"))["document"]
    held = {name for item in expected for name in item["rules"]}
    for one in sets:
        found = check(one.rules, organisation(), TODAY, scope_unit=one.scope_unit)
        assert [error.words() for error in found if error.code not in {"not_below"}] == []
        assert {rule.name for rule in one.rules.rules if rule.active(TODAY)} <= held
