"""Tests that stand in a rule set beside its rules: a document, and who must get it.

    [[test]]
    name = "Chỉ thị quy phạm gửi Công báo"
    facts = { issuer = "ubnd", type = "Chỉ thị", normative = true, block = "group:cac-so" }
    expect = { to = ["ttth", "sotuphap"], not_to = "ubnd", rules = "cong-bao" }

``document = 12`` stands for the facts of a registered document. ``to`` names parties that must
be among the receivers; ``only`` names all of them, and so does ``expect = ["ttth"]``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from rules.routing.parties import code, target, targets
from rules.routing.positions import Path
from rules.routing.read_conditions import urgency
from rules.routing.reader import Source
from rules.values.routing import Facts
from rules.vocabulary import DeliveryRole, Direction, SenderVerdict

MOST_TESTS = 2_000
_KEYS = ("name", "facts", "given", "document", "expect", "on")
_SOURCES = ("facts", "given", "document")  # given: the older word for facts
_ROLES = tuple(role.value for role in DeliveryRole)
_EXPECT_KEYS = ("to", "only", "not_to", *_ROLES, "labels", "rules", "held", "refused")


@dataclass(frozen=True, slots=True)
class Expected:
    """What a test asks of the decision; None and empty ask nothing."""

    to: tuple[str, ...] = ()
    only: tuple[str, ...] | None = None
    not_to: tuple[str, ...] = ()
    roles: tuple[tuple[str, DeliveryRole], ...] = ()
    labels: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    held: bool | None = None
    refused: bool | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """One test. ``on`` is the day of sending, None the day on which the test runs;
    ``block`` are the parties of the recipient block. ``document``: its facts and block are
    those of this registered document."""

    name: str
    facts: Facts
    block: tuple[str, ...]
    expected: Expected
    on: date | None = None
    document: int | None = None


def example(source: Source, value: object, path: Path) -> Example | None:
    """Read one [[test]]."""
    table = source.table(value, path, _KEYS)
    if table is None:
        return None
    sources = [key for key in _SOURCES if key in table]
    missing = [key for key in ("name", "expect") if key not in table]
    missing += [] if len(sources) == 1 else ["facts"]
    if missing:
        source.fault("missing", path, ", ".join(missing), "name, facts or document, and expect")
        return None
    name = source.string(table["name"], (*path, "name")) or ""
    on = source.day(table["on"], (*path, "on")) if "on" in table else None
    expected = _expected(source, table, path)
    at = (*path, sources[0])
    if sources[0] == "document":
        number = source.whole(table["document"], at, 1, 10**15)
        return Example(name, Facts(Direction.OUTGOING), (), expected, on, number)
    given = source.table(table[sources[0]], at, (*_GIVEN, "block")) or {}
    block = targets(source, given["block"], (*at, "block")) if "block" in given else ()
    return Example(name, _facts(source, given, at), block, expected, on)


def _facts(source: Source, given: Mapping[str, object], path: Path) -> Facts:
    found: dict[str, Any] = {}
    for key, value in given.items():
        if key in _GIVEN:
            read = _GIVEN[key](source, value, (*path, key))
            if read is not None:
                found[key] = read
    return replace(Facts(Direction.OUTGOING), **found)


def _expected(source: Source, table: Mapping[str, object], path: Path) -> Expected:
    at = (*path, "expect")
    if isinstance(table["expect"], (str, list)):
        return Expected(only=targets(source, table["expect"], at) if table["expect"] else ())
    asked = source.table(table["expect"], at, _EXPECT_KEYS) or {}
    if not asked:
        source.fault("missing", at, "what is expected", ", ".join(_EXPECT_KEYS))

    def parties(key: str) -> tuple[str, ...]:
        return targets(source, asked[key], (*at, key)) if key in asked else ()

    def words(key: str) -> tuple[str, ...]:
        return source.strings(asked[key], (*at, key)) if key in asked else ()

    def flag(key: str) -> bool | None:
        return source.flag(asked[key], (*at, key)) if key in asked else None

    return Expected(
        to=parties("to"),
        only=(() if asked["only"] == [] else parties("only")) if "only" in asked else None,
        not_to=parties("not_to"),
        roles=tuple((party, role) for role in DeliveryRole for party in parties(role.value)),
        labels=words("labels"),
        rules=words("rules"),
        held=flag("held"),
        refused=flag("refused"),
    )


def _written(source: Source, value: object, path: Path) -> str | None:
    return source.string(value, path, 100_000)


def _word_of(enum: type[Direction] | type[SenderVerdict]) -> Callable[[Source, object, Path], object]:
    def read(source: Source, value: object, path: Path) -> object:
        word = source.string(value, path)
        choices = [member.value for member in enum]
        if word is not None and word not in choices:
            source.fault("unknown_word", path, word, choices=choices)
            return None
        return enum(word) if word else None

    return read


_GIVEN: dict[str, Callable[[Source, object, Path], object]] = {
    "direction": _word_of(Direction),
    "sender_verdict": _word_of(SenderVerdict),
    "type": _written,
    "issuer": target,
    "issuer_text": _written,
    "symbol": _written,
    "subject": _written,
    "text": _written,
    "signer": _written,
    "sender": _written,
    "source": _written,
    "unit": code,
    "normative": lambda source, value, path: source.flag(value, path),
    "date": lambda source, value, path: source.day(value, path),
    "urgency": urgency,
    "addressed": lambda source, value, path: targets(source, value, path),
    "working_hours": lambda source, value, path: source.flag(value, path),
    "day_kind": _written,
    "size": lambda source, value, path: source.whole(value, path, 0, 10**12),
    "file_kinds": lambda source, value, path: source.strings(value, path),
}
