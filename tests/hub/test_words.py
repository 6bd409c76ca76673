"""Every code that stands for a reason has words: the codes are looked for in the code that makes them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub import texts, words

ROOT = Path(texts.__file__).resolve().parent.parent
CODE = re.compile(r"[a-z]+(?:[-_][a-z]+)*")
# Where reasons are made: every plain text that can be one, by how it is handed on.
CALLS = {"Held": (1,), "Question": (1,), "_hold": (1,), "ChildDied": (0,), "_dead": (0,), "Failed": (0,)}
CALLS |= {"CannotNumber": (0,), "Refused": (0,)}
OPEN_CASE = 3  # the reason's place in waiting.open_case
# Not reasons for a person's list: a process of ours said something odd about itself.
OWN_FAULTS = {"closed its mouth", "its answer is too long"}


def trees(*patterns: str) -> Iterator[ast.Module]:
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            yield ast.parse(path.read_text("utf-8"))


def literals(tree: ast.Module) -> Iterator[str]:
    """The texts a module hands on as reasons, whether written there or by a name of the module."""
    names = constants(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from in_call(node, names)


def constants(tree: ast.Module) -> dict[str, str]:
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            found.update({ast.unparse(name): str(node.value.value) for name in node.targets})
    return found


def in_call(call: ast.Call, names: dict[str, str]) -> Iterator[str]:
    function = ast.unparse(call.func).rpartition(".")[2]
    given: list[ast.expr] = [call.args[n] for n in CALLS.get(function, ()) if n < len(call.args)]
    if function == "open_case" and len(call.args) > OPEN_CASE:
        given.append(call.args[OPEN_CASE])
    if function == "append" and ast.unparse(call.func) == "reasons.append":
        given.append(call.args[0])
    if function in ("Placed", *CALLS):
        given += [keyword.value for keyword in call.keywords if keyword.arg == "reason"]
    for value in given:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value
        elif isinstance(value, ast.Name) and value.id in names:
            yield names[value.id]
    if function == "_doubt" and isinstance(call.args[0], ast.Constant):
        yield from (f"{call.args[0].value}-missing", f"{call.args[0].value}-unsure")


def returned(tree: ast.Module) -> set[str]:
    """What functions that answer with one word can answer."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    answers = [node for function in functions for node in ast.walk(function) if isinstance(node, ast.Return)]
    parts = [part for answer in answers if answer.value for part in choices(answer.value)]
    return {p.value for p in parts if isinstance(p, ast.Constant) and isinstance(p.value, str) and p.value}


def choices(value: ast.expr) -> Iterator[ast.expr]:
    """The values an expression may have, without what it asks."""
    if isinstance(value, ast.IfExp):
        yield from (*choices(value.body), *choices(value.orelse))
    elif isinstance(value, ast.BoolOp):
        for part in value.values:
            yield from choices(part)
    else:
        yield value


def made() -> set[str]:
    found = {
        text
        for tree in trees(
            "rules/**/*.py", "hub/**/*.py", "connectors/readers/*.py", "connectors/writers/*.py"
        )
        for text in literals(tree)
    }
    for path in ("rules/identify/recipients.py", "rules/routing/place.py"):
        found |= {text for tree in trees(path) for name, text in constants(tree).items() if name.isupper()}
    found |= {text for tree in trees("connectors/readers/automatic.py") for text in returned(tree)}
    return {text for text in found if CODE.fullmatch(text) and text != "reason"}


def test_every_reason_has_words() -> None:
    assert made() - set(words.REASONS) == set()


def test_no_words_are_left_over() -> None:
    """Codes that are put together or come out of a table are looked for as they are written."""
    source = "".join(
        path.read_text("utf-8")
        for folder in ("rules", "connectors", "hub")
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "words.py"
    )
    doubts = {
        f"{name}-{how}" for name in ("symbol", "date", "type", "subject") for how in ("missing", "unsure")
    }
    assert [c for c in words.REASONS if c not in doubts and f'"{c}"' not in source] == []


@pytest.mark.parametrize(
    ("line", "want"),
    [
        ('found.held.append(Held(part, "no-idea"))', {"no-idea"}),
        ("LOST = 'lost-it'\nHeld(x, LOST)", {"lost-it"}),
        ('reasons.append("why-not")', {"why-not"}),
        ('_doubt("place", fields.place, 0.5)', {"place-missing", "place-unsure"}),
        ('waiting.open_case(c, kind, unit, "odd-case", now)', {"odd-case"}),
        ('Placed(reason="far-away")', {"far-away"}),
        ('print("no reason")', set()),
    ],
)
def test_the_search_finds_reasons(line: str, want: set[str]) -> None:
    assert set(literals(ast.parse(line))) == want


def test_reasons_in_words() -> None:
    with texts.speaking("vi"):
        assert words.reason_text("secrecy-mark") == "văn bản có dấu chỉ độ mật"
        assert words.reason_text("Sở đang họp") == "Sở đang họp"
        assert (
            words.reason_texts("draft date-missing") == "văn bản ghi là dự thảo; không tìm thấy ngày văn bản"
        )
        path = {"kind": "block", "text": "UBND tỉnh (b/c)", "rule": "", "version": None}
        assert words.because_words([path, path]).count("UBND tỉnh (b/c)") == 2
