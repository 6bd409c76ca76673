"""Broken rule files: each has one mistake, and one sentence in each language tells it with its line.

``messages.toml`` holds the sentences; ``unit`` there says that the file is that unit's own rules.
"""

import tomllib
from pathlib import Path

import pytest

from hub.texts import _, speaking
from rules.routing.check import check
from rules.routing.errors import RuleError, RuleErrors
from rules.routing.language import parse
from rules.routing.prove import prove
from rules.routing.soundness import review
from tests.golden.test_rules_golden import TODAY, organisation

FOLDER = Path(__file__).parent / "broken_rules"
MESSAGES = tomllib.loads((FOLDER / "messages.toml").read_text("utf-8"))
FILES = sorted(FOLDER.glob("[0-9]*.toml"))


def mistakes(path: Path) -> list[RuleError]:
    unit = MESSAGES[path.stem].get("unit")
    try:
        rules = parse(path.read_text("utf-8"), file=path.name)
    except RuleErrors as error:
        return list(error.errors)
    found = (
        *check(rules, organisation(), TODAY, scope_unit=unit),
        *review(rules, organisation(), TODAY, scope_unit=unit),
        *prove(rules, organisation(), TODAY, scope_unit=unit),
    )
    return [error for error in found if not error.warning]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_mistake_is_one_sentence_with_its_line(path: Path) -> None:
    (mistake,) = mistakes(path)
    for code in ("en", "vi"):
        with speaking(code):
            sentence = mistake.words(_)
        assert sentence == MESSAGES[path.stem][code]
        assert "\n" not in sentence and len(sentence) < 400


def test_there_are_at_least_twenty_and_each_kind_of_mistake_once() -> None:
    codes = [mistakes(path)[0].code for path in FILES]
    assert len(codes) >= 20 and set(MESSAGES) == {path.stem for path in FILES}
    assert len(set(codes)) >= 20
