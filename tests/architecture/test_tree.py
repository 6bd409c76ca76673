"""What stands at the top, and which names say nothing."""

import re
from pathlib import Path, PurePosixPath

import pytest

from tests.architecture.sources import PACKAGES, ROOT

TOP_LEVEL = {
    "hub",
    "connectors",
    "rules",
    "storage",
    "templates",
    "tests",
    "config.example.toml",
    "apt-packages.txt",
    "pyproject.toml",
    "uv.lock",
    "Makefile",
    "README.md",
    "README.vi.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "LICENSE",
}
# A name that fits everything collects everything.
EMPTY_NAMES = {"util", "utils", "helper", "helpers", "common", "core", "base", "misc"}
EMPTY_NAMES |= {"manager", "managers", "service", "services"}


def top_level() -> set[str]:
    """Files and folders at the root, apart from hidden ones and those that git ignores."""
    ignored = {line.strip().strip("/") for line in (ROOT / ".gitignore").read_text("utf-8").splitlines()}
    seen = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    return {name for name in seen - ignored if not any(PurePosixPath(name).match(i) for i in ignored if i)}


def empty_names(path: PurePosixPath) -> set[str]:
    return {part.removesuffix(".py").lower() for part in path.parts} & EMPTY_NAMES


def test_the_top_level_is_as_the_plan_says() -> None:
    assert top_level() == TOP_LEVEL


@pytest.mark.parametrize("package", [*PACKAGES, "tests", "templates"])
def test_names_say_something(package: str) -> None:
    paths = [
        path.relative_to(ROOT) for path in (ROOT / package).rglob("*") if "__pycache__" not in path.parts
    ]
    assert paths
    assert [str(path) for path in paths if empty_names(PurePosixPath(path.as_posix()))] == []


def test_an_empty_name_is_seen() -> None:
    assert empty_names(PurePosixPath("hub/utils.py")) == {"utils"}
    assert empty_names(PurePosixPath("rules/Core/x.py")) == {"core"}
    assert empty_names(PurePosixPath("rules/records/numbering.py")) == set()


def test_tests_are_no_package() -> None:
    """Because ``tests/rules/__init__.py`` would shadow the package ``rules``."""
    assert [str(path) for path in (ROOT / "tests").rglob("__init__.py")] == []


def test_names_of_test_files_are_unique() -> None:
    seen: dict[str, Path] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        assert path.name not in seen, f"{path} and {seen.get(path.name)}"
        seen[path.name] = path
    assert seen


def test_every_system_package_says_what_it_is_for() -> None:
    lines = (ROOT / "apt-packages.txt").read_text("utf-8").splitlines()
    rows = [line for line in lines if not line.startswith("#")]
    assert rows
    wrong = [row for row in rows if not re.fullmatch(r"(run|tests|bench) +[a-z0-9.+-]+ +# \S.+", row)]
    names = [row.split()[1] for row in rows]
    assert (wrong, len(names)) == ([], len(set(names)))


@pytest.mark.parametrize("name", ["run", "setup"])
def test_scripts_can_be_run(name: str) -> None:
    path = ROOT / ".ci" / name
    assert path.read_text("utf-8").startswith("#!")
    assert path.stat().st_mode & 0o111
