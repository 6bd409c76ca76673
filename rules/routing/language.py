"""The rule language: a rule set written in TOML, read into frozen values.

    [set]
    name = "Quy tắc của tỉnh"

    [[rule]]
    name = "congbao"
    title = "Văn bản quy phạm pháp luật gửi Trung tâm Tin học đăng Công báo"
    when = { normative = true, issuer = "ubnd" }
    then = { send = "ttth", as = "information", due_days = 3, stop = true }

Rules are read from top to bottom; one rule removes, then changes, then sends.
"""

import hashlib
import json
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from rules.routing.actions import Actions, actions
from rules.routing.conditions import All, Condition
from rules.routing.errors import RuleErrors
from rules.routing.examples import MOST_TESTS, Example, example
from rules.routing.patterns import MOST_PATTERNS
from rules.routing.positions import Path, line_of, lines_of
from rules.routing.read_conditions import condition
from rules.routing.reader import Source
from rules.routing.toml_mistakes import in_words
from rules.text.quiet import collector_paused

__all__ = ["Rule", "RuleErrors", "RuleSet", "parse"]

LONGEST_SET = 4_000_000  # characters; 10,000 ordinary rules are about 2,000,000
MOST_RULES = 20_000
MOST_DOTS = 40  # dots outside quotes on one line: tomllib is quadratic in the length of dotted keys
_QUOTED = re.compile(r'"[^"]*"' + r"|'[^']*'")
_NAME = re.compile(r"[\w][\w-]{0,59}")
_NAME_WORDS = "up to 60 letters, digits, - and _, without blanks"
_RULE_KEYS = ("name", "title", "note", "when", "then", "valid_from", "valid_to", "enabled")


@dataclass(frozen=True)
class Rule:
    """One rule. ``title`` is what the because says of it; dates are inclusive, None is open."""

    name: str
    title: str
    when: Condition
    then: Actions
    note: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    enabled: bool = True

    def active(self, day: date) -> bool:
        """Whether the rule counts on this day."""
        started = self.valid_from is None or self.valid_from <= day
        return self.enabled and started and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, eq=False)
class RuleSet:
    """A rule set without mistakes. ``id`` is the SHA-256 of what it says, whatever its
    comments and blanks; two sets with one id are equal."""

    name: str
    rules: tuple[Rule, ...]
    id: str
    text: str = field(repr=False)
    file: str = ""
    tests: tuple[Example, ...] = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RuleSet) and self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)

    def line(self, path: Path, word: str = "") -> int:
        """Where something stands in the text: ``("rule", 3, "then")``; with ``word``, the
        first line from there to the next rule in which that word stands in quotes."""
        first = line_of(self._lines, path)
        last = self._lines.get(("rule", int(path[1]) + 1), len(self._rows) + 1) if word else first
        quoted = (f'"{word}"', f"'{word}'")
        rows = enumerate(self._rows[first - 1 : last - 1], first)
        return next((number for number, row in rows if any(form in row for form in quoted)), first)

    @cached_property
    def _rows(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def _lines(self) -> dict[Path, int]:
        return lines_of(self.text)


def parse(text: str, *, file: str) -> RuleSet:
    """Read a rule set. Raises ``RuleErrors`` with every mistake found, each with its line;
    ``file`` is the name to show. Whether units and types exist is for ``check``."""
    with collector_paused():
        return _parse(Source(text, file))


def _parse(source: Source) -> RuleSet:
    data = _load(source)
    table = source.table(data, (), ("set", "rule", "test")) or {}
    name = _set_name(source, table)
    rules = _rules(source, table.get("rule", []))
    tests = _tests(source, table.get("test", []))
    if source.patterns > MOST_PATTERNS:
        source.fault("too_many", ("rule",), f"{source.patterns} patterns", f"at most {MOST_PATTERNS}")
    if source.errors:
        raise RuleErrors(source.errors)
    return RuleSet(name, rules, _content_id(data), source.text, source.file, tests)


def _load(source: Source) -> Mapping[str, object]:
    """The TOML text as plain values; hostile shapes are refused before tomllib sees them."""
    if len(source.text) > LONGEST_SET:
        source.text = ""
        source.fault("too_large", (), expected=f"{LONGEST_SET} characters")
        raise RuleErrors(source.errors)
    source.text = unicodedata.normalize("NFC", source.text.replace("\r\n", "\n"))
    for number, line in enumerate(source.text.split("\n"), 1):
        if line.count(".") > MOST_DOTS and _QUOTED.sub("", line).count(".") > MOST_DOTS:
            raise _syntax(source, number, "too many dots outside quotes")
    try:
        return tomllib.loads(source.text)
    except RecursionError:
        raise _syntax(source, 1, "brackets are nested too deeply") from None
    except ValueError as error:
        raise _syntax(source, _toml_line(str(error), source.text), in_words(str(error))) from None


def _too_many(source: Source, found: str, most: int) -> RuleErrors:
    source.text = ""  # because it costs a second to find places in a text that is refused as a whole
    source.fault("too_many", (), found, f"at most {most}")
    return RuleErrors(source.errors)


def _syntax(source: Source, line: int, what: str) -> RuleErrors:
    source.text = ""  # because an invalid text has no positions to look up
    source.fault("syntax", (), re.sub(r" \(at [^)]*\)$", "", what)[:200])
    error = source.errors.pop()
    return RuleErrors([type(error)(error.code, error.file, line, found=error.found)])


def _toml_line(message: str, text: str) -> int:
    match = re.search(r"at line (\d+)", message)
    return int(match.group(1)) if match else text.count("\n") + 1


def _set_name(source: Source, table: Mapping[str, object]) -> str:
    if "set" not in table:
        source.fault("missing", (), "[set]", 'a table [set] with name = "..."')
        return ""
    about = source.table(table["set"], ("set",), ("name", "note")) or {}
    if "name" not in about:
        source.fault("missing", ("set",), "name", 'name = "..."')
        return ""
    return source.string(about["name"], ("set", "name")) or ""


def _rules(source: Source, value: object) -> tuple[Rule, ...]:
    if not isinstance(value, list):
        source.fault("wrong_type", ("rule",), "rule", "[[rule]] with two pairs of brackets")
        return ()
    if len(value) > MOST_RULES:
        raise _too_many(source, f"{len(value)} rules", MOST_RULES)
    seen: set[str] = set()
    found = [_rule(source, item, ("rule", index), seen) for index, item in enumerate(value)]
    return tuple(rule for rule in found if rule is not None)


def _tests(source: Source, value: object) -> tuple[Example, ...]:
    if not isinstance(value, list):
        source.fault("wrong_type", ("test",), "test", "[[test]] with two pairs of brackets")
        return ()
    if len(value) > MOST_TESTS:
        raise _too_many(source, f"{len(value)} tests", MOST_TESTS)
    found = [example(source, item, ("test", index)) for index, item in enumerate(value)]
    return tuple(test for test in found if test is not None)


def _rule(source: Source, value: object, path: Path, seen: set[str]) -> Rule | None:
    name = _rule_name(source, value, path, seen)
    table = source.table(value, path, _RULE_KEYS)
    if table is None:
        return None
    when, then = _when(source, table, path), _then(source, table, path)
    start, end = _day(source, table, path, "valid_from"), _day(source, table, path, "valid_to")
    if start and end and end < start:
        source.fault("dates_reversed", (*path, "valid_to"), f"{start} - {end}")
    enabled = source.flag(table.get("enabled", True), (*path, "enabled"))
    if when is None or then is None:
        return None
    title, note = _text(source, table, path, "title"), _text(source, table, path, "note")
    return Rule(name, title, when, then, note, start, end, enabled is not False)


def _rule_name(source: Source, value: object, path: Path, seen: set[str]) -> str:
    raw = value.get("name") if isinstance(value, dict) else None
    if raw is None:
        source.fault("missing", path, "name", 'name = "..."')
        return ""
    name = source.string(raw, (*path, "name")) or ""
    if name and not _NAME.fullmatch(name):
        source.fault("bad_name", (*path, "name"), name, _NAME_WORDS)
    elif name.casefold() in seen:
        source.fault("double_name", (*path, "name"), name)
    seen.add(name.casefold())
    source.names[int(path[1])] = name[:60]
    return name


def _when(source: Source, table: Mapping[str, object], path: Path) -> Condition | None:
    if "when" not in table:
        source.fault("missing", path, "when", "when = { ... }, or when = { always = true }")
        return All(())
    return condition(source, table["when"], (*path, "when"))


def _then(source: Source, table: Mapping[str, object], path: Path) -> Actions | None:
    if "then" not in table:
        source.fault("missing", path, "then", "then = { ... }")
        return None
    return actions(source, table["then"], (*path, "then"))


def _day(source: Source, table: Mapping[str, object], path: Path, key: str) -> date | None:
    return source.day(table[key], (*path, key)) if key in table else None


def _text(source: Source, table: Mapping[str, object], path: Path, key: str) -> str:
    return (source.string(table[key], (*path, key), 1_000) or "") if key in table else ""


def _content_id(data: Mapping[str, object]) -> str:
    canonical = json.dumps(data, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
