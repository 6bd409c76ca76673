"""The tree as the architecture tests see it: parsed files with the path they are spoken of by."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("hub", "connectors", "rules", "storage")


@dataclass(frozen=True)
class Source:
    """One Python file: ``path`` is relative to the root, with slashes."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return _parsed(self)

    def within(self, *patterns: str) -> bool:
        """Does one of the patterns (as a shell writes them) name this file?"""
        return any(fnmatchcase(self.path, pattern) for pattern in patterns)


@cache
def _parsed(source: Source) -> ast.Module:
    return ast.parse(source.text, source.path)


@cache
def python_files(*folders: str) -> list[Source]:
    """Every Python file below the folders, in a stable order."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return [Source(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in paths]


def calls(source: Source) -> Iterator[tuple[str, int]]:
    """Everything called in the file, as it is written (``datetime.now``, ``.commit``), with its line."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node.lineno


def imports(source: Source) -> Iterator[tuple[str, int]]:
    """Every module that the file imports, also inside functions, with its line."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno
