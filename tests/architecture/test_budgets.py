"""Small functions, small modules, and a word at the top of each that says what it is for."""

import ast

import pytest

from tests.architecture.sources import PACKAGES, Source, python_files

FUNCTION_LINES = 50
MODULE_LINES = 400
# A migration is a list of columns that is never edited again; cutting it up would hide what it does.
MIGRATIONS = "storage/migrations/versions/*"


def long_functions(source: Source) -> list[str]:
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                found.append(f"{source.path}:{node.lineno} {node.name} has {lines} lines")
    return found


def long_module(source: Source) -> list[str]:
    lines = len(source.text.splitlines())
    return [f"{source.path} has {lines} lines"] if lines > MODULE_LINES else []


def without_docstring(source: Source) -> list[str]:
    """An empty __init__.py says nothing and needs to say nothing."""
    return [source.path] if source.text.strip() and not ast.get_docstring(source.tree) else []


def test_functions_keep_to_fifty_lines() -> None:
    files = [source for source in python_files(*PACKAGES, "tests") if not source.within(MIGRATIONS)]
    assert [fault for source in files for fault in long_functions(source)] == []


def test_modules_keep_to_four_hundred_lines() -> None:
    files = [source for source in python_files(*PACKAGES) if not source.within(MIGRATIONS)]
    assert [fault for source in files for fault in long_module(source)] == []


def test_every_module_says_what_it_is_for() -> None:
    assert [fault for source in python_files(*PACKAGES) for fault in without_docstring(source)] == []


@pytest.mark.parametrize(("lines", "faults"), [(FUNCTION_LINES, 0), (FUNCTION_LINES + 1, 1)])
def test_the_function_budget_counts(lines: int, faults: int) -> None:
    body = "".join("    a = 1\n" for _ in range(lines - 1))
    assert len(long_functions(Source("a.py", f"async def f():\n{body}"))) == faults


@pytest.mark.parametrize(("lines", "faults"), [(MODULE_LINES, 0), (MODULE_LINES + 1, 1)])
def test_the_module_budget_counts(lines: int, faults: int) -> None:
    assert len(long_module(Source("a.py", "a = 1\n" * lines))) == faults


def test_a_module_without_a_docstring_is_seen() -> None:
    assert without_docstring(Source("a.py", "a = 1\n")) == ["a.py"]
    assert without_docstring(Source("a/__init__.py", "")) == []
