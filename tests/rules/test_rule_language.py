"""The rule language: what is read, what is refused, and how clearly."""

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.routing import positions
from rules.routing.actions import Send, filled
from rules.routing.conditions import All, Any, AtLeast, NoneOf, Parties, Words
from rules.routing.due import Due
from rules.routing.errors import MESSAGES
from rules.routing.language import RuleErrors, RuleSet, parse
from rules.values.routing import Facts
from rules.vocabulary import DeliveryRole, Direction, Urgency

HEAD = '[set]\nname = "Quy tắc"\n'


def read(body: str) -> RuleSet:
    return parse(HEAD + body, file="q.toml")


def one(when: str = "{ always = true }", then: str = '{ label = "x" }') -> RuleSet:
    return read(f'[[rule]]\nname = "r"\nwhen = {when}\nthen = {then}\n')


def sentences(text: str) -> list[str]:
    with pytest.raises(RuleErrors) as caught:
        parse(text, file="q.toml")
    return [error.words() for error in caught.value.errors]


def test_a_rule_says_when_and_then() -> None:
    rules = read(
        """
[[rule]]
name = "congbao"
title = "Văn bản quy phạm pháp luật gửi Công báo"
valid_from = 2026-01-01
when = { normative = true, issuer = ["ubnd", "group:so", "outside"], subject = { any = ["đất đai"] } }
then = { send = ["ttth"], as = "information", due_days = 3, notify = ["a@b.vn"], stop = true }
"""
    )
    rule = rules.rules[0]
    assert (rules.name, rule.name, rule.valid_from) == ("Quy tắc", "congbao", date(2026, 1, 1))
    assert rule.then.send == (Send(("ttth",), DeliveryRole.INFORMATION, Due(((Urgency.NORMAL, 3),))),)
    assert rule.then.notify == ("a@b.vn",) and rule.then.stop
    assert isinstance(rule.when, All)
    parties = next(inner for inner in rule.when.inner if isinstance(inner, Parties))
    assert (parties.codes, parties.groups, parties.any_outside) == ({"ubnd"}, ("group:so",), True)


def test_conditions_nest() -> None:
    when = '{ any = [{ type = "Chỉ thị" }, { all = [{ urgency = "khẩn" }] }], none = { text = "dự thảo" } }'
    rule = one(when).rules[0]
    assert isinstance(rule.when, All)
    assert [type(inner) for inner in rule.when.inner] == [Any, NoneOf]


def test_sections_may_be_written_as_tables() -> None:
    rules = read(
        """
[[rule]]
name = "a"
[rule.when]
urgency = "very_urgent"
[rule.then]
send = ["ttth", { to = ["vpubnd"], as = "coordinating", due_days = 1 }]
copy = "sotuphap"
"""
    )
    rule = rules.rules[0]
    assert isinstance(rule.when, All) and rule.when.inner == (AtLeast(Urgency.VERY_URGENT),)
    assert rule.then.send == (
        Send(("ttth",), DeliveryRole.MAIN),
        Send(("vpubnd",), DeliveryRole.COORDINATING, Due(((Urgency.NORMAL, 1),))),
        Send(("sotuphap",), DeliveryRole.INFORMATION),
    )


@pytest.mark.parametrize("word", ["khẩn", "KHẨN", "urgent", "khan"])
def test_urgency_in_either_language(word: str) -> None:
    rule = one(f'{{ urgency = "{word}" }}').rules[0]
    assert isinstance(rule.when, All) and rule.when.inner == (AtLeast(Urgency.URGENT),)


def test_words_take_lists_phrases_and_accents() -> None:
    rule = one('{ text = { all = ["a", "b"], phrase = "c d", none = "e", accents = false } }').rules[0]
    assert isinstance(rule.when, All)
    assert rule.when.inner == (Words("text", all=("a", "b", "c d"), none=("e",), accents=False),)


def test_the_id_is_of_the_content_not_of_the_form() -> None:
    first = one()
    again = parse(
        HEAD + '# said so\n[[rule]]\nthen = { label = "x" }\nname = "r"\nwhen.always = true', file="x"
    )
    assert first == again and hash(first) == hash(again) and first.file != again.file
    assert first != one(then='{ label = "y" }')


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ('when = { isuer = "ubnd" }', '"isuer" is not a word of the rule language here'),
        ('when = { urgency = "urgnt" }', "did you mean urgent?"),
        ('when = { normative = "yes" }', "expected true or false"),
        ("when = { }", "{ always = true }"),
        ("when = { always = false }", "always = true, alone"),
        ('when = { direction = "out" }', '"out" is not known here; expected one of: incoming, outgoing'),
        ("when = { subject = { accents = false } }", "any, all, none, phrase or pattern"),
        ('when = { subject = "..." }', "letters or digits"),
        ('when = { issuer = "unit:ubnd" }', '"unit:ubnd" is not known here'),
        ("when = { type = [] }", "at least one entry"),
        ('when = { sender = "ai đó" }', "an address, or a domain"),
        ('then = { send = "ttth", as = "informatoin" }', "did you mean information?"),
        ('then = { send = "tt th" }', '"tt th" is not known here'),
        ('then = { label = "x", due_days = 3 }', '"due_days" stands without send'),
        ('then = { send = "a", due_days = 0.5 }', "a whole number"),
        ('then = { refuse = "{symbl}" }', "did you mean symbol?"),
        ("then = { }", "the rule does nothing"),
        ('then = { hold = "a\\u202eb" }', "a letter that cannot be seen"),
        ("valid_from = 2026-02-01\nvalid_to = 2026-01-01", "ends before it begins"),
        ('valid_from = "hôm nay"', "a date such as"),
        ('naem = "x"', "did you mean name?"),
    ],
)
def test_each_mistake_is_one_clear_sentence_with_its_line(line: str, wanted: str) -> None:
    rest = {"when": "when = { always = true }", "then": 'then = { label = "x" }'}
    kept = [text for key, text in rest.items() if not line.startswith(key)]
    text = HEAD + "\n".join(["[[rule]]", 'name = "r"', *kept, "# note", line])
    at = text.split("\n").index(line.split("\n")[-1]) + 1
    found = sentences(text)
    assert len(found) == 1 and wanted in found[0]
    assert found[0].startswith(f"q.toml:{at}: r")


def test_every_mistake_is_told_at_once() -> None:
    text = HEAD + '[[rule]]\nname = "a b"\n[[rule]]\nname = "c"\n[[rule]]\nname = "C"\nthen.send = "x"\n'
    found = sentences(text)
    assert [sentence.split(":")[1] for sentence in found] == sorted(s.split(":")[1] for s in found)
    assert sum("when is missing" in s for s in found) == 3
    assert sum("then is missing" in s for s in found) == 2
    assert any("cannot be a rule's name" in s for s in found)
    assert any('a second rule is called "C"' in s for s in found)


def test_toml_mistakes_have_their_line() -> None:
    assert sentences('[set]\nname = "a\n')[0].startswith("q.toml:2: this cannot be read: a text in quotes")
    assert sentences("[set]\nname = 1979-99-01")[0].startswith("q.toml:2: ")
    assert "[set] is missing" in sentences("")[0]
    assert "two pairs of brackets" in sentences(HEAD + '[rule]\nname = "x"')[0]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("then = { send = 'so }\nnote = 'x'", "a text in quotes is not closed on its line"),
        ('then = { send = "so"', "a { is not closed on its line, or a comma is missing"),
        ('then = { send = ["so" "ubnd"] }', "a [ is not closed, or a comma is missing between two entries"),
        ("then { send = 1 }", "behind a word stands =, and then its value"),
        ("then = so", "behind = stands a text in quotes"),
        ('then = { send = "so", }', "a word is missing; what is in { } stands on one line"),
        ('then = { send = "so" } x', "behind the value stands something that does not belong to it"),
        ('then = { send = "so", send = "so" }', "the same word is given a second time"),
        ("valid_from = 2026-02-30", "there is no such day or time"),
        ('[[rule]\nname = "y"', "[[rule]] and [[test]] have two brackets on both sides"),
        ('title = "C:\\dir"', "write it twice, or use single quotes"),
        ("= 3", "a line begins with a word and ="),
        ('title = "a\x01"', "a letter stands here that cannot be seen"),
    ],
)
def test_what_is_no_toml_is_told_in_a_coordinators_words(line: str, words: str) -> None:
    (told,) = sentences(f'[set]\nname = "x"\n[[rule]]\nname = "r"\n{line}\n')
    assert words in told and told.startswith("q.toml:5: this cannot be read")


def test_behind_very_many_rules_the_line_is_the_rules_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(positions, "MOST_TOKENS", 100)
    rules = [f'[[rule]]\nname = "r{n}"\nwhen.always = true\nthen.label = "x"\n' for n in range(50)]
    rules[40] = rules[40].replace("label", "lable")
    told, _nothing_to_do = sentences('[set]\nname = "x"\n' + "".join(rules))
    assert told.startswith(f"q.toml:{3 + 40 * 4}: r40: then.lable")


def test_sentences_can_be_translated() -> None:
    with pytest.raises(RuleErrors) as caught:
        parse(HEAD + '[[rule]]\nname = "r"\nwhen = { isuer = "x" }\nthen = { stop = true }', file="q.toml")
    ours = {MESSAGES["unknown_key"]: "không hiểu {found}"}
    words = caught.value.errors[0].words(lambda message: ours.get(message, message))
    assert "không hiểu" in words


@pytest.mark.parametrize(
    "hostile",
    [
        "a." * 50_000 + "a = 1",
        "x = " + "[" * 100_000,
        "x = " + "{a=" * 100_000,
        'x = """' + '""\\' * 100_000,
        "x = " + "9" * 100_000,
        "\x00",
        "[[rule]]\nname = 'a'\nwhen = " + "{ any = [" * 60 + "{ normative = true }" + "] }" * 60,
        "x = '" + "y" * 5_000_000 + "'",
    ],
)
def test_hostile_texts_are_refused_quickly(hostile: str) -> None:
    started = time.perf_counter()
    assert sentences(hostile)
    assert time.perf_counter() - started < 2


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert parse(text, file="x").rules == ()
    except RuleErrors as errors:
        assert all(error.words() for error in errors.errors)


FACETS = [
    "type",
    "normative",
    "issuer",
    "symbol",
    "subject",
    "urgency",
    "sender",
    "addressed",
    "dated",
    "file",
]
ACTS = ["send", "copy", "remove", "change", "notify", "hold", "refuse", "label", "stop", "due_days"]
VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(), st.text(max_size=8), st.floats(allow_nan=False)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["any", "all", "to", "as", "type", "from", "none"]), inner, max_size=3
        ),
    ),
    max_leaves=6,
)


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, str):
        return '"' + "".join(c if c.isalnum() and c.isascii() else f"\\U{ord(c):08x}" for c in value) + '"'
    return str(value).lower()


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(FACETS), VALUES, st.sampled_from(ACTS), VALUES)
def test_wrong_values_never_raise_anything_else(facet: str, value: object, act: str, what: object) -> None:
    text = HEAD + f'[[rule]]\nname = "r"\nwhen.{facet} = {toml(value)}\nthen.{act} = {toml(what)}\n'
    try:
        parse(text, file="x")
    except RuleErrors as errors:
        lines = text.count("\n")
        assert all(1 <= error.line <= lines and error.words() for error in errors.errors)


def test_texts_for_persons_take_fields_and_nothing_else() -> None:
    facts = Facts(
        Direction.OUTGOING,
        subject="a\r\nBcc: x {symbol} {0.__class__}",
        symbol="1/QĐ-A",
        date=date(2026, 3, 9),
    )
    text = "{symbol} ngày {date}: {subject} {{x}} {0.__class__} {facts.text}"
    assert filled(text, facts) == (
        "1/QĐ-A ngày 09/03/2026: a Bcc: x {symbol} {0.__class__} {{x}} {0.__class__} {facts.text}"
    )


@pytest.mark.parametrize("payload", ["{__class__}", "{text}", "{now}", "{recipients}", "{x}"])
def test_only_named_fields_may_be_asked_for(payload: str) -> None:
    text = HEAD + f'[[rule]]\nname = "r"\nwhen.always = true\nthen.hold = "{payload}"'
    assert "which no document has" in sentences(text)[0]


def test_ten_thousand_rules_are_read_in_seconds() -> None:
    body = "".join(
        f'[[rule]]\nname = "r{n}"\nwhen = {{ type = "Chỉ thị", subject = ["đất {n}"] }}\nthen.send = "u{n}"\n'
        for n in range(10_000)
    )
    started = time.perf_counter()
    assert len(read(body).rules) == 10_000
    assert time.perf_counter() - started < 8
