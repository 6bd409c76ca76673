import ast
import io
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from connectors.transports import reasons
from hub import texts
from rules.routing.errors import MESSAGES, PLACES, RuleError
from rules.sheets import SheetError
from rules.sheets.errors import PHRASES
from rules.values.routing import Because
from rules.vocabulary import DeliveryRole, DeliveryState, Handling, Urgency

ROOT = Path(texts.__file__).resolve().parent.parent
PLACE = re.compile(r"{\w*}")
STATUS = re.compile(r"\d\.\d+\.\d+ ")
PO = texts.CATALOGUES / "vi" / "LC_MESSAGES" / "vanthu.po"


def said_in_code() -> set[str]:
    """Every text of the code. A plural is known by its singular.

    Looked for in the syntax tree and not by Babel, which does not look into f-strings.
    """
    marked = ("_", "N_", "ngettext")
    said = {text for name in marked for text in given_to(name, 0, folders=("hub", "connectors"))}
    phrases = {phrase for pair in PHRASES.values() for phrase in pair}
    return said | phrases | set(MESSAGES.values()) | set(PLACES) | given_to("translate", 0)


def given_to(function: str, *positions: int, folders: tuple[str, ...] = ("rules",)) -> set[str]:
    """The plain texts that the code of these folders hands to a function in these places."""
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    trees = [ast.parse(path.read_text("utf-8")) for path in paths]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [call for call in calls if ast.unparse(call.func).rpartition(".")[2] == function]
    given = [call.args[place] for call in named for place in positions if place < len(call.args)]
    return {arg.value for arg in given if isinstance(arg, ast.Constant) and isinstance(arg.value, str)}


def vietnamese() -> dict[str, str]:
    """Singular -> translation (of the one plural form that Vietnamese has)."""
    catalogue = read_po(io.BytesIO(PO.read_bytes()), locale="vi", abort_invalid=True)
    assert not catalogue.obsolete and not any(m.fuzzy for m in catalogue if m.id)
    return {_first(m.id): _first(m.string) for m in catalogue if m.id}


def _first(text: str | list[str] | tuple[str, ...]) -> str:
    return text if isinstance(text, str) else text[0]


def test_every_text_has_a_vietnamese_translation_and_none_is_left_over() -> None:
    entries = vietnamese()
    assert said_in_code() - set(entries) == set(), "not translated"
    assert set(entries) - said_in_code() == set(), "not used any more"
    assert [text for text, translation in entries.items() if not translation.strip()] == []


def test_what_a_rule_mistake_names_in_words_is_translated() -> None:
    """Signs of the rule language ("[set]", "{ from = ...") are not words."""
    words = {text for text in given_to("fault", 2, 3) if text.replace(" ", "").isalpha() and " " in text}
    assert len(words) >= 8
    assert words <= set(PLACES)


def test_mistakes_are_told_in_vietnamese_down_to_their_places() -> None:
    rule = RuleError("too_long", "rules.toml", 3, "bao-lut: note", '"x"', "at most 200 characters")
    choice = RuleError("unknown_word", "rules.toml", 4, "", '"mian"', "one of: main, information", "main")
    sheet = SheetError("units.csv", 2, "code", "bad_code", (("value", "Sở A"),))
    with texts.speaking("vi"):
        assert rule.words(texts._).endswith('"x" quá dài; cần nhiều nhất 200 ký tự')
        assert "cần một trong: main, information; có phải là main?" in choice.words(texts._)
        assert sheet.words(texts._).startswith("units.csv:2: code: Sở A không phải mã. Chỉ dùng")
    assert rule.words().endswith('"x" is too long; expected at most 200 characters')


def test_the_catalogue_is_read_as_babel_reads_it() -> None:
    assert texts.read_catalogue(PO.read_text("utf-8")) == vietnamese()


def test_a_catalogue_with_plurals_long_texts_and_escapes_is_read_as_babel_reads_it() -> None:
    source = (
        'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n#: hub/x.py\nmsgid "{n} file"\n'
        'msgid_plural "{n} files"\nmsgstr[0] "{n} tệp"\n\n'
        'msgid "a \\"b\\"\\n"\n" c\\t\\\\"\nmsgstr ""\n"một\\n"\n"hai"\n'
    )
    catalogue = read_po(io.BytesIO(source.encode()), abort_invalid=True)
    assert texts.read_catalogue(source) == {_first(m.id): _first(m.string) for m in catalogue if m.id}
    assert texts.read_catalogue(source)["{n} file"] == "{n} tệp"


@pytest.mark.parametrize(
    "line", ["msgid no quotes", 'msgctxt "x"', 'msgid "a" "b"', 'msgstr[1] "x"', '"open']
)
def test_a_line_that_is_none_of_a_catalogue_is_an_error(line: str) -> None:
    with pytest.raises(ValueError, match="not a line of a catalogue"):
        texts.read_catalogue(line)


def test_translations_have_the_places_of_their_originals() -> None:
    wrong = [t for t, v in vietnamese().items() if set(PLACE.findall(t)) != set(PLACE.findall(v))]
    assert wrong == []


def test_what_is_said_in_an_smtp_dialogue_stays_ascii_with_its_code() -> None:
    replies = {text: v for text, v in vietnamese().items() if STATUS.match(text)}
    assert replies
    for text, translation in replies.items():
        assert translation.isascii() and translation[:5] == text[:5]


def test_an_outcome_is_translated_up_to_the_words_of_the_peer() -> None:
    why = reasons.with_answer(reasons.for_refusal(550, "5.1.1 User unknown: x"), 550, "5.1.1 User unknown: x")
    with texts.speaking("vi"):
        assert texts.outcome(why) == "không có hộp thư này: 550 5.1.1 User unknown: x"
        assert texts.outcome(reasons.LOST) == "mất kết nối"
        assert texts.outcome("no words of ours") == "no words of ours"


def test_the_language_of_the_block_goes_before_that_of_the_process() -> None:
    try:
        texts.use("en")
        assert texts._("failed") == "failed"
        with texts.speaking("vi"):
            assert texts._("failed") == "không gửi được"
            assert texts.ngettext("held", "helds", 2) == "tạm giữ"
            assert texts.ngettext("unheard", "unheards", 2) == "unheards"
        assert texts.current() == "en"
    finally:
        texts.use("vi")
    assert texts._("failed") == "không gửi được"


@pytest.mark.parametrize("language", ["de", "", "../vi"])
def test_a_language_we_do_not_have_is_an_error(language: str) -> None:
    with pytest.raises(ValueError, match="no texts in language"):
        texts.use(language)


@pytest.mark.parametrize(
    ("environment", "want"),
    [
        ({"LANG": "vi_VN.UTF-8"}, "vi"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LC_ALL": "en_GB.UTF-8", "LANG": "vi_VN"}, "en"),
        ({"LC_MESSAGES": "vi", "LANG": "C"}, "vi"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "fr_FR"}, None),
        ({}, None),
    ],
)
def test_the_command_line_follows_the_environment(environment: dict[str, str], want: str | None) -> None:
    assert texts.from_environment(environment) == want


def test_words_keep_enums_of_one_value_apart() -> None:
    assert texts.word(DeliveryRole.MAIN, "vi") == "chủ trì"
    assert texts.word(Urgency.EXPRESS, "vi") == "hỏa tốc"
    assert texts.word(Handling.DONE, "en") == "done"


def test_every_member_of_a_worded_class_has_a_word() -> None:
    for kind, table in texts.WORDS.items():
        assert set(kind) == set(table)
    assert DeliveryState in texts.WORDS


@pytest.mark.parametrize(
    ("reason", "want"),
    [
        (Because("block", "Các sở, ban, ngành"), "mục Nơi nhận ghi “Các sở, ban, ngành”"),
        (Because("rule", "bão lụt", "bao-lut", 3), "quy tắc bao-lut@3: bão lụt"),
        (Because("rule", "", "bao-lut", 3), "quy tắc bao-lut@3"),
        (Because("intake", "vanthu.{x}@b.example"), "thư gửi đến địa chỉ vanthu.{x}@b.example"),
        (Because("new kind", "x"), "new kind: x"),
    ],
)
def test_a_because_is_said_in_words(reason: Because, want: str) -> None:
    with texts.speaking("vi"):
        assert texts.because(reason) == want
