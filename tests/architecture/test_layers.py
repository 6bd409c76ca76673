"""hub may import connectors, storage and rules; they may import rules, never each other; rules nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGES, ROOT

LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"

FORBIDDEN = {
    "rules": ("hub", "connectors", "storage"),
    "storage": ("hub", "connectors"),
    "connectors": ("hub", "storage"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """The contracts of pyproject.toml, held against the packages in ``folder``."""
    command = [sys.executable, "-c", LINT]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def empty_house(tmp_path: Path) -> Path:
    for package in PACKAGES:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    return tmp_path


def test_the_layers_hold() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout


def test_every_broken_layer_is_seen(empty_house: Path) -> None:
    for package, others in FORBIDDEN.items():
        (empty_house / package / "planted.py").write_text(f"import {', '.join(others)}\n")
    result = lint(empty_house)
    assert result.returncode == 1, result.stdout
    pairs = [(package, other) for package, others in FORBIDDEN.items() for other in others]
    assert [
        pair for pair in pairs if "{} is not allowed to import {}".format(*pair) not in result.stdout
    ] == []


def test_what_is_allowed_passes(empty_house: Path) -> None:
    (empty_house / "hub" / "planted.py").write_text("import connectors, rules, storage\n")
    (empty_house / "storage" / "planted.py").write_text("import rules\n")
    assert lint(empty_house).returncode == 0
