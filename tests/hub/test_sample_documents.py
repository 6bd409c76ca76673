"""The sample documents: read, identified and routed by the real parts as demo.toml promises."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import hub
from connectors.readers import pdf, plain, word
from rules.directory import Directory
from rules.identify.layout import identify
from rules.routing.check import check
from rules.routing.decide import PublishedSet, decide
from rules.routing.language import parse
from rules.sheets import parse_sheets
from rules.values.reading import Fields, RecipientEntry
from rules.values.routing import Facts, Held, ResolvedEntry
from rules.vocabulary import Direction, Urgency

SAMPLE = Path(hub.__file__).parent / "sample"
TODAY = date(2026, 11, 23)
READERS = {".pdf": pdf.read, ".docx": word.read, ".txt": plain.read}
DEMO: dict[str, Any] = tomllib.loads((SAMPLE / "demo.toml").read_text("utf-8"))
DOCUMENTS: list[dict[str, Any]] = DEMO["document"]
RULES = parse((SAMPLE / "rules.toml").read_text("utf-8"), file="rules.toml")


@pytest.fixture(scope="module")
def directory() -> Directory:
    sheets = {file.name: file.read_bytes() for file in SAMPLE.glob("*.csv")}
    parsed = parse_sheets(sheets, domains=[DEMO["domain"]])
    rows = (parsed.units, parsed.groups, parsed.outside, parsed.people, parsed.posts)
    return Directory.of(*rows, domains=[DEMO["domain"]])


def fields_of(document: dict[str, Any]) -> Fields:
    path = SAMPLE / "documents" / document["file"]
    reading = READERS[path.suffix](path, path.name)
    assert reading.state == "read"
    return identify(reading.pages)


def resolved(entry: RecipientEntry, kind: str, directory: Directory, day: date) -> ResolvedEntry:
    """The entry whole, else its comma parts (DOMAIN 4.4)."""
    text = entry.text.removesuffix(f"({entry.purpose})").strip() if entry.purpose else entry.text
    names = [text] if directory.by_name(text, day) else [part.strip() for part in text.split(",")]
    parties = [(name, directory.by_name(name, day)) for name in names]
    held = tuple(Held(name, "unknown_party") for name, found in parties if len(found) != 1)
    codes = tuple(found[0] for _name, found in parties if len(found) == 1)
    return ResolvedEntry(text, codes, held=held, purpose=entry.purpose, kind=kind)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document["file"])
def test_each_says_of_itself_what_is_expected(document: dict[str, Any]) -> None:
    found, want = fields_of(document), document["expect"]
    assert found.symbol and found.type and found.date and found.subject
    assert (found.symbol.value, found.type.value) == (want["symbol"], want["type"])
    assert (found.date.value, found.normative) == (want["date"], want.get("normative", False))
    assert want["subject"] in found.subject.value
    assert (found.signer.value if found.signer else "") == want.get("signer", "")
    assert (found.urgency.value if found.urgency else Urgency.NORMAL) == want.get("urgency", 0)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document["file"])
def test_each_goes_where_it_is_expected(document: dict[str, Any], directory: Directory) -> None:
    found, want = fields_of(document), document["expect"]
    assert found.issuer and found.symbol and found.date
    named = directory.by_name(found.issuer.value, found.date.value)
    assert named == (want["issuer"],) and directory.keeper(want["issuer"])
    entries = [resolved(e, "addressee", directory, found.date.value) for e in found.addressees]
    entries += [
        resolved(e, "block", directory, found.date.value) for e in found.recipients if e.kind == "named"
    ]
    facts = Facts(
        Direction(want["direction"]), type=want["type"], normative=found.normative, issuer=want["issuer"],
        symbol=found.symbol.value, subject=want["subject"], date=found.date.value, unit=want["unit"],
        urgency=found.urgency.value if found.urgency else Urgency.NORMAL,
    )  # fmt: skip
    decision = decide(facts, entries, [PublishedSet(RULES, 1)], directory, TODAY)
    assert decision.hold is None and decision.refuse is None
    assert sorted(receiver.party for receiver in decision.receivers) == sorted(want["receivers"])
    assert [held.text for held in decision.held] == want.get("held", [])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document["file"])
def test_each_comes_from_a_clerk_or_a_scanner_of_the_unit_with_the_book(
    document: dict[str, Any], directory: Directory
) -> None:
    unit = document["expect"]["unit"]
    if "scanner" in document:
        assert document["scanner"] == f"{unit}/incoming" and unit in directory.units
        return
    assert document["sender"] in [person.email for person in directory.clerks(unit, TODAY)]
    assert directory.keeper(document["expect"]["issuer"]) == unit and directory.intake(document["to"])


def test_the_rule_set_fits_the_organisation(directory: Directory) -> None:
    assert check(RULES, directory, TODAY) == ()


def test_the_old_directive_is_written_in_two_alphabets() -> None:
    text = (SAMPLE / "documents" / "chi-thi-2005.txt").read_text("utf-8")
    assert text.startswith(" Soá :  19/2005/CT-UBND\nLaâm Kheâ, ngaøy 12 thaùng 12 naêm 2005.\nCHỈ THỊ\n")
