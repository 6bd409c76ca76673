"""The pages at the root speak of what exists: files, make targets, commands, tests."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from tests.architecture.sources import ROOT

PAGES = ("README.md", "README.vi.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md")
CODE = re.compile(r"```\w*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
PLACE = re.compile(r"^(?:hub|connectors|rules|storage|templates|tests|\.ci)/[\w./*:-]*$")
COMMAND = re.compile(r"\bvanthu +(?:--data +\S+ +)?([a-z]+)(?: +([a-z]+(?:-[a-z]+)*)\b(?![./:@]))?")
TARGET = re.compile(r"\bmake ([a-z]+)")


def page(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def code(text: str) -> list[str]:
    """What stands between backticks, blocks and words."""
    return [block or word for block, word in CODE.findall(text)]


def commands(text: str) -> Iterator[tuple[str, str]]:
    """The commands of the program that a page speaks of, each with its sub-command or nothing."""
    for piece in code(text):
        yield from COMMAND.findall(piece)


def program() -> Any:
    from hub.cli.program import app  # late, so that a broken command line breaks these tests only

    return get_command(app)


def unknown_commands(text: str) -> list[str]:
    known = program()
    found = []
    for first, second in commands(text):
        group = known.commands.get(first)
        below = getattr(group, "commands", {})
        if group is None or (below and second and second not in below):
            found.append(f"{first} {second}".strip())
    return found


def missing_places(text: str) -> list[str]:
    """Paths in the text that are not in the tree; ``file::test`` asks for the test, too."""
    places = [piece for piece in code(text) if PLACE.match(piece) and "<" not in piece]
    return [place for place in places if not _exists(*place.partition("::")[::2])]


def _exists(path: str, name: str) -> bool:
    found = list(ROOT.glob(path.rstrip("/")))
    return bool(found) and (not name or f"def {name}(" in found[0].read_text("utf-8"))


@pytest.mark.parametrize("name", PAGES)
def test_files_that_are_named_exist(name: str) -> None:
    assert missing_places(page(name)) == []
    assert [link for link in LINK.findall(page(name)) if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("name", PAGES)
def test_make_targets_that_are_named_exist(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", page("Makefile"), re.MULTILINE))
    wanted = {target for piece in code(page(name)) for target in TARGET.findall(piece)}
    assert wanted <= targets


@pytest.mark.parametrize("name", PAGES)
def test_commands_that_are_named_exist(name: str) -> None:
    assert unknown_commands(page(name)) == []


def test_both_readmes_show_the_same_commands() -> None:
    assert sorted(commands(page("README.md"))) == sorted(commands(page("README.vi.md")))


def test_every_command_stands_in_the_readme() -> None:
    assert set(program().commands) == {first for first, _second in commands(page("README.md"))}


def test_every_promise_names_its_test() -> None:
    rows = [line for line in page("SECURITY.md").splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 5
    assert [row for row in rows if "`tests/" not in row.rpartition(" | ")[2]] == []


def test_help_of_make_names_every_target() -> None:
    makefile = page("Makefile")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE)) - {"help"}
    assert set(re.findall(r"'    make ([a-z]+)", makefile)) == targets


def test_what_does_not_exist_is_seen() -> None:
    text = "`tests/nowhere.py` `hub/app.py::never` `vanthu nothing` `vanthu rules fly` [x](NO.md)"
    assert missing_places(text) == ["tests/nowhere.py", "hub/app.py::never"]
    assert unknown_commands(text) == ["nothing", "rules fly"]
    assert LINK.findall(text) == ["NO.md"]
