"""What a hostile editor of rules, or a hostile document, can do: nothing (PROMISES S13)."""

import time
from datetime import date

import pytest

from rules.directory import Directory, Unit
from rules.routing.actions import filled
from rules.routing.conditions import glob
from rules.routing.decide import PublishedSet, decide
from rules.routing.language import RuleErrors, parse
from rules.values.routing import Decision, Facts
from rules.vocabulary import Direction, UnitKind

ORG = Directory.of(units=[Unit("so", "Sở", UnitKind.DEPARTMENT)])
TODAY = date(2026, 11, 2)
ATTRIBUTES = [
    "__class__",
    "__init__.__globals__",
    "symbol.__class__.__mro__",
    "0",
    "symbol!r",
    "symbol:>9999999999",
]
TEMPLATES = [
    "{{%s}}", "{%% for x in %s %%}", "${%s}", "#{%s}", "<%%= %s %%>", "{0.%s}", "%%(%s)s", "`%s`",
    "$(%s)", "{%s}",
]  # fmt: skip
EXPRESSIONS = [
    "7*7", "config", "self", "lipsum.__globals__", "cycler.__init__", "range(10**9)",
    "''.__class__.__mro__[1]",
    "import os", "open('x')", "x" * 400, *ATTRIBUTES,
]  # fmt: skip
PAYLOADS = [template % expression for template in TEMPLATES for expression in EXPRESSIONS]


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def ask(body: str, facts: Facts) -> Decision:
    rules = parse(f'[set]\nname = "x"\n[[rule]]\nname = "r"\n{body}', file="x")
    return decide(facts, (), [PublishedSet(rules, 1)], ORG, TODAY)


@pytest.mark.parametrize("key", ["hold", "refuse"])
def test_texts_are_texts(key: str) -> None:
    """Each payload comes out as it went in, or is refused as an unknown field."""
    facts = Facts(Direction.OUTGOING, issuer="so", unit="so", symbol="1/QĐ-S", subject="mật")
    for payload in PAYLOADS:
        try:
            decision = ask(f"when.always = true\nthen.{key} = {quoted(payload)}", facts)
        except RuleErrors as errors:
            assert [error.code for error in errors.errors] == ["unknown_field"] * len(errors.errors)
        else:
            assert getattr(decision, key) == payload.strip()


def test_a_document_cannot_put_fields_or_lines_into_a_text() -> None:
    for payload in [*PAYLOADS, "a\r\nBcc: b@c", "a\x00b", "a\u2028b", "a\u202eb", "{subject}" * 100]:
        facts = Facts(Direction.OUTGOING, symbol="1", subject=payload)
        text = filled("{subject}|{symbol}", facts)
        assert text.endswith("|1") and text.isprintable() and len(text) <= 510
    long = Facts(Direction.OUTGOING, subject="x" * 10_000)
    assert len(filled("{subject}" * 200, long)) == 4_000


@pytest.mark.parametrize("pattern", ["*a" * 90 + "*b", "?" * 200, "*" * 200, "*a?" * 60 + "x", "[a-z]*" * 30])
def test_patterns_are_linear_on_hostile_symbols(pattern: str) -> None:
    started = time.perf_counter()
    compiled = glob(pattern)
    for text in ("a" * 300, "ab" * 150, "[" * 300):
        compiled.match(text)
    assert time.perf_counter() - started < 0.5


def test_a_huge_document_is_looked_at_within_bounds() -> None:
    facts = Facts(
        Direction.OUTGOING, issuer="so", unit="so", text="đ\u0300ất " * 2_000_000, symbol="1/" * 100_000
    )
    body = 'when = { text = { any = ["đất đai"], accents = false }, symbol = "*x*" }\nthen.label = "x"'
    started = time.perf_counter()
    assert ask(body, facts).labels == ()
    assert time.perf_counter() - started < 2
