"""The page for coordinators: every example in it is read, fits the sample province and does what it says."""

import json
import re
from dataclasses import dataclass
from datetime import date
from functools import cache

import pytest

from hub.cli import program
from hub.cli.rule_help import HELP, PAGES
from rules.routing.actions import PUBLISHED, TEXT_FIELDS
from rules.routing.check import check
from rules.routing.language import RuleSet, parse
from rules.routing.prove import prove
from rules.routing.read_conditions import READERS
from rules.routing.soundness import review
from rules.vocabulary import DeliveryRole
from tests.golden.test_rules_golden import organisation

TODAY = date(2026, 11, 23)
EXAMPLE = re.compile(r"^\*\*(\d+)\. [^\n]*\*\*[^\n]*\n+```toml\n(.*?)^```", re.MULTILINE | re.DOTALL)
UNIT = re.compile(r"^# --unit (\S+)$", re.MULTILINE)
ACTIONS = (
    "send", "as", "due_days", "due_hours", "assign", "book", "copy", "publish", "remove", "change", "notify",
    "hold", "refuse", "label", "stop",
)  # fmt: skip
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Worked:
    """One example of the page."""

    number: str
    rules: RuleSet
    unit: str | None


@cache
def page(language: str) -> str:
    return (HELP / PAGES[language]).read_text("utf-8")


@cache
def examples(language: str) -> tuple[Worked, ...]:
    found = []
    for match in EXAMPLE.finditer(page(language)):
        unit = UNIT.search(match[2])
        rules = parse(f'[set]\nname = "x"\n{match[2]}', file=f"{PAGES[language]}: {match[1]}")
        found.append(Worked(match[1], rules, unit[1] if unit else None))
    return tuple(found)


@pytest.mark.parametrize("language", PAGES)
def test_there_are_ten_examples_and_no_block_of_rules_beside_them(language: str) -> None:
    assert [example.number for example in examples(language)] == [str(number) for number in range(1, 11)]
    assert page(language).count("```toml") == 10


@pytest.mark.parametrize("language", PAGES)
@pytest.mark.parametrize("at", range(10))
def test_each_example_is_without_mistakes_and_does_what_it_says(language: str, at: int) -> None:
    example = examples(language)[at]
    found = (
        *check(example.rules, organisation(), TODAY, scope_unit=example.unit),
        *review(example.rules, organisation(), TODAY, scope_unit=example.unit),
        *prove(example.rules, organisation(), TODAY, scope_unit=example.unit),
    )
    meant = {"unreachable", "unreachable_no_book"}  # an example is not the rule set of a province
    assert [error.words() for error in found if error.code not in meant] == []
    assert example.rules.tests
    assert [rule.name for rule in example.rules.rules if not rule.title] == []


def test_the_two_languages_have_the_same_examples() -> None:
    """Their titles and texts differ, what they do does not."""
    for ours, theirs in zip(examples("vi"), examples("en"), strict=True):
        assert [rule.name for rule in ours.rules.rules] == [rule.name for rule in theirs.rules.rules]
        for one, other in zip(ours.rules.rules, theirs.rules.rules, strict=True):
            assert (one.when, one.then.send, one.then.parties()) == (
                other.when, other.then.send, other.then.parties(),
            )  # fmt: skip
        assert [test.facts for test in ours.rules.tests] == [test.facts for test in theirs.rules.tests]


@pytest.mark.parametrize("language", PAGES)
def test_the_page_names_every_word_of_the_language(language: str) -> None:
    words = {*READERS, "any", "all", "none", "always", *ACTIONS, *TEXT_FIELDS, *PUBLISHED, *DeliveryRole}
    told = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", FENCED.sub("", page(language))))))
    assert words - told == set()
    for word in ("valid_from", "valid_to", "enabled", "note", "phrase", "pattern", "accents"):
        assert word in told


@pytest.mark.parametrize("language", PAGES)
def test_the_commands_it_names_are_there(language: str) -> None:
    named = set(re.findall(r"^vanthu rules (\w[\w-]*)", page(language), re.MULTILINE))
    known = {command.name for command in program.rules.rules_app.registered_commands}
    assert named and named <= known


def test_it_is_shown_in_either_language(capsys: pytest.CaptureFixture[str]) -> None:
    for language in PAGES:
        assert program.run(["rules", "help", "--lang", language]) == 0
        assert capsys.readouterr().out == page(language)
    assert program.run(["rules", "help", "--lang", "en", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"language": "en", "text": page("en")}
    assert program.run(["rules", "help", "--lang", "fr"]) == 2
