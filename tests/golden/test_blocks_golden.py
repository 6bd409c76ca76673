"""The real blocks of DOMAIN.md 4.6 (``blocks.toml``): each entry reaches whom it names or is a question."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from rules.identify import block
from rules.identify.recipients import resolve
from tests.golden.test_rules_golden import organisation

BLOCKS = tomllib.loads((Path(__file__).parent / "blocks.toml").read_text("utf-8"))["block"]


@pytest.mark.parametrize("case", BLOCKS, ids=lambda case: case["name"])
def test_each_entry_reaches_whom_it_names_or_becomes_a_question(case: dict[str, Any]) -> None:
    addressees = block.addressees(case.get("to", ()))
    written = block.recipients(case.get("block", ()))
    found = resolve(written, addressees, organisation(), case["day"], text=case.get("text", ""))
    assert [entry.text for entry in found] == [entry["text"] for entry in case["entries"]]
    for entry, want, read in zip(found, case["entries"], (*addressees, *written), strict=True):
        assert list(entry.parties) == opened(want["to"], case["day"]), entry.text
        assert len(entry.persons) == want.get("persons", 0), entry.text
        assert (entry.purpose, read.copies) == (want.get("purpose", ""), want.get("copies"))
        asked = want.get("asked", [])
        assert [[held.text, held.reason] for held in entry.held] == [item[:2] for item in asked]
        for held, (_text, _reason, near) in zip(entry.held, asked, strict=True):
            assert (near in held.suggestions) if near else held.text not in held.suggestions


def opened(words: list[str], day: Any) -> list[str]:
    """Parties, a group as its members of that day."""
    members = [
        member
        for word in words
        for member in (organisation().expand(word, day) if word.startswith("group:") else (word,))
    ]
    return list(dict.fromkeys(members))
