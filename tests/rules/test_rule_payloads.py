"""PROMISES S13: more than two hundred payloads through every place where a coordinator may write.

Each ends as plain words or is refused with a sentence; none of them makes the program open, import, run or
connect to anything (an audit hook of the interpreter watches), and none takes two seconds of the processor.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from rules.directory import Directory, Unit
from rules.routing.check import check
from rules.routing.decide import PublishedSet, decide
from rules.routing.language import RuleErrors, parse
from rules.routing.prove import prove
from rules.routing.soundness import review
from rules.values.routing import Decision, Facts
from rules.vocabulary import Direction, UnitKind
from tests.rules.test_rule_hostility import PAYLOADS as TEMPLATES
from tests.rules.test_rule_hostility import quoted

LIMIT = 2.0  # seconds of the processor
ANCHOR = 0.03  # seconds of the processor for `anchor` on an idle machine; a loaded one is slower at both
ORG = Directory.of(units=[Unit("so", "Sở", UnitKind.DEPARTMENT)])
TODAY = date(2026, 11, 2)
WATCHED = (
    "open",
    "exec",
    "compile",
    "import",
    "os.",
    "subprocess.",
    "socket.",
    "ctypes.",
    "pty.",
    "shutil.",
    "code.",
    "marshal.",
    "pickle.",
    "sys.settrace",
    "urllib.",
)
FORMATS = [
    "{symbol:>9999999999}",
    "{symbol:{symbol}}",
    "{symbol!r:*^1000000000}",
    "%(symbol)s" * 50,
    "%9999999999d",
    "{" * 900,
    "}" * 900,
    "{}" * 500,
    "{{{{symbol}}}}",
    "{0}{1}{2}",
    "{symbol.__class__.__init__.__globals__}",
    "{subject[__class__]}",
    "{symbol:" + "9" * 200 + "}",
    "\\N{BOMB}",
    "\\x00",
    "$symbol ${symbol} $$",
    "#{7*7}",
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "{subject}" * 200,
]
BACKTRACKING = [
    "(a+)+$",
    "(a|a)*$",
    "(a|aa)+$",
    "(.*a){25}",
    "(.*)*x",
    "([a-z]+)*\\d",
    "(x+x+)+y",
    "((a*)*)*b",
    "(a?){50}a{50}",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "(\\w+\\s?)+$",
    "(.+)+\\1",
    "(?=a+)a+b",
    "(?<!a)b",
    "(?P<n>a)(?P=n)",
    "a{1000}{1000}",
    "(a{1,1000}){1,1000}",
    "\\p{L}{900}",
    "(" * 200 + ")" * 200,
    "a|" * 240 + "a",
    "[" + "a-z" * 150 + "]*b",
    ".*" * 200,
    "(?:a?){999}b",
    "(a+?)+?$",
    "(?i)(ă|â|a)+đ$",
    "^(?:.*?,){30}z",
    "\\",
    "[",
    "(?",
    "*",
    "(?R)",
    "(?C)",
    "\\C*",
]
TEXT = ["a" * 100_000, "ab" * 50_000 + "!", "x" * 50_000 + " y" * 25_000, "đ\u0300a" * 30_000]


def a_rule(body: str) -> str:
    return f'[set]\nname = "x"\n[[rule]]\nname = "r"\n{body}\n'


HUGE = {
    "longer than any set": a_rule("when.always = true\nthen.label = 'x'") + "#" * 4_000_001,
    "a text of a million letters": a_rule(f"when.always = true\nthen.hold = {quoted('x' * 1_000_000)}"),
    "a million fields": a_rule(f"when.always = true\nthen.hold = {quoted('{subject}' * 200_000)}"),
    "too many rules": '[set]\nname = "x"\n' + "".join(f'[[rule]]\nname="r{n}"\n' for n in range(60_000)),
    "a list without end": a_rule("when.subject = [" + "'a'," * 300_000 + "]\nthen.label = 'x'"),
    "nested a thousand times": a_rule(f"when = {'{ any = [' * 1_000}\nthen.label = 'x'"),
    "nested well a thousand times": a_rule(
        f"when = {'{ any = [' * 900}{{ always = true }}{'] }' * 900}\nthen.label = 'x'"
    ),
    "brackets": "[" * 1_000_000,
    "dotted": a_rule(f"when.{'a.' * 100_000}b = 1\nthen.label = 'x'"),
    "dotted tables": "".join(f"[{'.'.join('a' * 40)}.b{n}]\n" for n in range(2_000)),
    "thousands of patterns": '[set]\nname = "x"\n'
    + "".join(
        f'[[rule]]\nname="r{n}"\nwhen.subject.pattern="(a{{900}}){n}"\nthen.label="x"\n' for n in range(1_000)
    ),
    "two hundred heavy patterns": '[set]\nname = "x"\n'
    + "".join(
        f'[[rule]]\nname="r{n}"\nwhen.subject.pattern="(a?){{500}}{n}"\nthen.label="x"\n' for n in range(200)
    ),
    "tests without end": a_rule("when.always = true\nthen.label = 'x'")
    + "".join(f'[[test]]\nname="t{n}"\nfacts={{issuer="so"}}\nexpect=[]\n' for n in range(3_000)),
    "names that fold": a_rule(f"when.subject = {quoted('ﷺ' * 290)}\nthen.label = 'x'"),
    "marks on one letter": a_rule(f"when.subject = {quoted('a' + chr(0x301) * 290)}\nthen.label = 'x'"),
    "a number of a million digits": a_rule(f"when.always = true\nthen.due_days = {'9' * 1_000_000}"),
    "a key of a million letters": a_rule(f"when.{'k' * 1_000_000} = 1\nthen.label = 'x'"),
    "the same key a thousand times": a_rule("when.always = true\n" * 1_000 + "then.label = 'x'"),
    "no text": "",
    "only zeros": "\x00" * 100_000,
}


def anchor() -> float:
    started = time.process_time()
    assert sum(len(str(number)) for number in range(200_000)) > 0
    return time.process_time() - started


class _Watch:
    """What the interpreter was asked to do while a payload was at work."""

    def __init__(self) -> None:
        self.on = False
        self.seen: list[str] = []
        sys.addaudithook(self._hook)  # cannot be taken away again: ``on`` switches it

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.on and event.startswith(WATCHED):
            self.seen.append(f"{event} {arguments!r}"[:200])


WATCH = _Watch()


@contextmanager
def within_limits() -> Iterator[None]:
    WATCH.seen.clear()
    started = time.process_time()
    WATCH.on = True
    try:
        yield
    finally:
        WATCH.on = False
    took = time.process_time() - started
    assert WATCH.seen == []
    assert took < LIMIT or took < LIMIT * anchor() / ANCHOR


def whole_way(source: str, facts: Facts) -> Decision | None:
    """As `publish` and the next document do it; None when the set was refused with sentences."""
    with within_limits():
        try:
            rules = parse(source, file="x.toml")
        except RuleErrors as errors:
            assert all(error.words() and len(error.words()) < 2_000 for error in errors.errors)
            return None
        mistakes = [*check(rules, ORG, TODAY), *review(rules, ORG, TODAY), *prove(rules, ORG, TODAY)]
        assert all(error.words() for error in mistakes)
        return decide(facts, (), [PublishedSet(rules, 1)], ORG, TODAY)


FACTS = Facts(Direction.OUTGOING, issuer="so", unit="so", symbol="1/QĐ-S", subject="mật", type="Công văn")
PLACES = {
    "hold": "when.always = true\nthen.hold = {}",
    "refuse": "when.always = true\nthen.refuse = {}",
    "title": "title = {}\nwhen.always = true\nthen.label = 'x'",
    "note": "note = {}\nwhen.always = true\nthen.label = 'x'",
    "label": "when.always = true\nthen.label = {}",
    "send": "when.always = true\nthen.send = {}",
    "notify": "when.always = true\nthen.notify = {}",
    "assign": "when.always = true\nthen = {{ send = 'so', assign = {} }}",
    "subject": "when.subject = {}\nthen.label = 'x'",
    "issuer": "when.issuer = {}\nthen.label = 'x'",
    "symbol": "when.symbol = {}\nthen.label = 'x'",
    "sender": "when.sender = {}\nthen.label = 'x'",
    "pattern": "when.subject.pattern = {}\nthen.label = 'x'",
}


@pytest.mark.parametrize("place", PLACES)
def test_templates_and_formats_are_words_or_nothing(place: str) -> None:
    for payload in [*TEMPLATES, *FORMATS]:
        decision = whole_way(a_rule(PLACES[place].format(quoted(payload))), FACTS)
        if decision is None or place not in {"hold", "refuse"}:
            continue
        said = getattr(decision, place)
        for field, value in {"symbol": FACTS.symbol, "subject": FACTS.subject, "type": FACTS.type}.items():
            payload = payload.replace(f"{{{field}}}", value)
        assert said == payload.strip()[:4_000]


@pytest.mark.parametrize("pattern", BACKTRACKING)
def test_patterns_take_no_time_on_any_text(pattern: str) -> None:
    source = a_rule(f"when.text.pattern = {quoted(pattern)}\nthen.label = 'x'")
    for text in TEXT:
        whole_way(source, Facts(Direction.OUTGOING, issuer="so", unit="so", text=text))


@pytest.mark.parametrize("name", HUGE)
def test_what_is_huge_is_refused_or_done_in_time(name: str) -> None:
    whole_way(HUGE[name], FACTS)


def test_the_watch_sees_what_it_watches_for() -> None:
    with pytest.raises(AssertionError, match="open"), within_limits():
        open(__file__, encoding="utf-8").close()


def test_there_are_two_hundred_payloads() -> None:
    assert len({*TEMPLATES, *FORMATS, *BACKTRACKING, *HUGE}) >= 200
