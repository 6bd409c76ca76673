"""What is wrong with a rule set: one clear sentence each, with file and line."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from rules.routing.toml_mistakes import PHRASES

# Message ids: the hub's catalogue translates them, the fields are filled afterwards.
MESSAGES: dict[str, str] = {
    "syntax": "this cannot be read: {found}",
    "too_large": "the rule set is longer than {expected}",
    "missing": "{found} is missing; expected {expected}",
    "unknown_key": "{found} is not a word of the rule language here; expected {expected}",
    "wrong_type": "{found} cannot stand here; expected {expected}",
    "unknown_word": "{found} is not known here; expected {expected}",
    "unknown_field": "the text asks for {found}, which no document has; expected {expected}",
    "bad_name": "{found} cannot be a rule's name; expected {expected}",
    "double_name": "a second rule is called {found}; every rule needs a name of its own",
    "empty": "{found} is empty; expected {expected}",
    "bad_pattern": "{found} is not a regular expression: {expected}",
    "hidden_letter": "{found} has a letter that cannot be seen; expected {expected}",
    "too_long": "{found} is too long; expected {expected}",
    "too_many": "there is too much here ({found}); expected {expected}",
    "too_deep": "conditions are nested too deeply; expected {expected}",
    "no_action": "the rule does nothing; expected {expected}",
    "role_without_send": "{found} stands without send; expected {expected}",
    "dates_reversed": "the rule ends before it begins ({found})",
    "unknown_unit": "there is no unit {found} in the directory",
    "closed_unit": "the unit {found} is closed and has no successor",
    "unknown_group": "there is no group {found} in the directory",
    "empty_group": "the group {found} has no members on this day",
    "unknown_outside": "there is no outside body {found} in the directory",
    "unknown_person": "there is nobody with the address {found} in the directory",
    "nobody": "nobody holds {found} on this day",
    "unknown_type": "there is no document type {found}",
    "to_itself": "the unit {found} would send to itself",
    "not_below": "{found} is neither the unit itself nor below it, so incoming documents cannot go there",
    "never_matches": "no document can ever satisfy these conditions",
    "shadowed": "the rule is never reached: {found} stands above it, holds for the same documents and stops",
    "rule_over": "the rule has ended on {found} and does nothing any more",
    "sends_removed": "sends to {found} what the rule {expected} above takes away from the same documents",
    "two_roles": "gives {found} another role than the rule {expected} for the same documents; "
    "the heavier role wins",
    "held_and_refused": "holds documents that the rule {found} refuses; the refusal wins",
    "ends_soon": "{found} ends on {expected}; from then on the rule needs another",
    "ended_condition": "{found} has ended on {expected}; only older documents can come from it",
    "ended_successor": "{found} has ended; what is sent goes to {expected}",
    "unreachable": "no rule, no group and no unambiguous name leads to {found} ({expected})",
    "unreachable_no_book": "nobody keeps books for {found} ({expected}), so nothing can be delivered there",
    "test_not_sent": "{found} should get the document and does not",
    "test_sent": "{found} should not get the document and does, because of {expected}",
    "test_role": "{found} should get the document as {expected} and does not",
    "test_label": "the label {found} is missing",
    "test_rule": "the rule {found} should hold and does not",
    "test_state": "the document should be {expected} and is not",
    "test_unknown_document": "there is no registered document {found}",
    "test_unknown_rule": "there is no rule {found} in this set",
    "cycle": "the rules send in a circle: {found}",
}

# What may be meant all the same: said, and no reason to refuse the set.
WARNINGS = frozenset(
    {"rule_over", "sends_removed", "two_roles", "held_and_refused", "ends_soon", "ended_condition"}
    | {"ended_successor", "unreachable", "unreachable_no_book"}
)

# What re2 says is wrong with a pattern.
PATTERN_FAULTS: tuple[str, ...] = (
    "missing )",
    "unexpected )",
    "missing ]",
    "invalid perl operator",
    "no argument for repetition operator",
    "bad repetition operator",
    "invalid repetition size",
    "invalid escape sequence",
    "trailing \\",
    "invalid character class range",
    "invalid named capture group",
    "expression nested too deeply",
    "pattern too large - compile failed",
)

# What ``found`` and ``expected`` say in words rather than in the rule language: message ids, too.
# {} stands for a number, or for the list after "one of".
PLACES: tuple[str, ...] = (
    "one of: {}",
    "at most {}",
    "at most {} levels",
    "at most {} characters",
    "{} characters",
    "{} entries",
    "a whole number from {} to {}",
    "a date such as 2026-01-31",
    "a table, { ... }",
    'a table [set] with name = "..."',
    'an address, or a domain such as "moj.gov.vn"',
    "a unit's code or an address",
    'a role such as "role:leader", or "person:<address>"',
    "any, all, none, phrase or pattern",
    "over or under",
    "{ over = 20 } in megabytes",
    "a number from {} to {}",
    "{} patterns",
    "{} rules",
    "{} tests",
    "always = true, alone",
    "at least one entry",
    "conditions, or { always = true }",
    "from or to",
    "letters or digits",
    "letters that can be seen",
    "letters, digits, - and _",
    "name, facts or document, and expect",
    "not held",
    "not refused",
    "held",
    "refused",
    "the condition",
    "the dates",
    "the list",
    "the text",
    "the words",
    "to or as",
    "true or false",
    "what is expected",
    "words",
    'words in quotes, "..."',
    "[[rule]] with two pairs of brackets",
    "[[test]] with two pairs of brackets",
    "up to {} letters, digits, - and _, without blanks",
    "too many dots outside quotes",
    "brackets are nested too deeply",
    "rule {}",
    "test {}",
    *PHRASES,
    *PATTERN_FAULTS,
)
_NUMBER = re.compile(r"[0-9]+")
_ONE_OF = "one of: "


def _spoken(text: str, translate: Callable[[str], str]) -> str:
    """A place's words in another language; the rule language's own signs stay as they are."""
    if text in PLACES:
        return translate(text)
    if text.startswith(_ONE_OF):
        return translate(PLACES[0]).format(text.removeprefix(_ONE_OF))
    pattern = _NUMBER.sub("{}", text)
    return translate(pattern).format(*_NUMBER.findall(text)) if pattern in PLACES else text


@dataclass(frozen=True, slots=True)
class RuleError:
    """One mistake. ``code`` is a key of MESSAGES; ``where`` names rule and key ("congbao: then.send")."""

    code: str
    file: str
    line: int
    where: str = ""
    found: str = ""
    expected: str = ""
    nearest: str = ""

    @property
    def warning(self) -> bool:
        """Whether the set may be published all the same."""
        return self.code in WARNINGS

    def words(self, translate: Callable[[str], str] = str) -> str:
        """``file:line: rule: what is wrong; did you mean ...`` in the language of ``translate``."""
        found, expected = _spoken(self.found, translate), _spoken(self.expected, translate)
        what = translate(MESSAGES[self.code]).format(found=found, expected=expected)
        if self.nearest:
            what += translate("; did you mean {nearest}?").format(nearest=self.nearest)
        place = f"{self.file}:{self.line}"
        name, colon, key = self.where.partition(":")
        return f"{place}: {_spoken(name, translate)}{colon}{key}: {what}" if name else f"{place}: {what}"


class RuleErrors(ValueError):
    """A rule set that cannot be used; ``errors`` are in the order of the text."""

    def __init__(self, errors: Iterable[RuleError]) -> None:
        self.errors = tuple(sorted(errors, key=lambda error: error.line))
        super().__init__("\n".join(error.words() for error in self.errors))


def nearest(word: str, choices: Iterable[str]) -> str:
    """The choice most like ``word``, or nothing where none is alike."""
    return next(iter(get_close_matches(word[:100], list(choices), n=1, cutoff=0.6)), "")


def shown(value: object) -> str:
    """A value of the text as an error shows it: quoted, one line, not endless."""
    text = f'"{value}"' if isinstance(value, str) else repr(value)
    text = " ".join(text.split())
    return text if len(text) <= 80 else f"{text[:77]}..."
