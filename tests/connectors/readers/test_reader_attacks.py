"""The attack corpus through the pool: nothing crashes it, hangs it, or leaves its folder."""

import os
import time
from pathlib import Path

import pytest

from connectors.readers.limits import ReadLimits
from connectors.readers.mime import read
from connectors.readers.pool import ReaderPool
from rules.values.reading import ParcelReading

SECONDS = 30


def listed(corpora: Path) -> list[Path]:
    rows = (corpora / "attack" / "made" / "INDEX.tsv").read_text("utf-8").splitlines()[1:]
    paths = [corpora / "attack" / "made" / row.split("\t")[0] for row in rows]
    return [path for path in paths if path.is_file() and path.suffix != ".json"]


def read_one(pool: ReaderPool, path: Path, folder: Path) -> ParcelReading:
    folder.mkdir()
    kind = "mail" if path.suffix == ".eml" else "file"
    return pool.read(path, path.name, kind, folder)


@pytest.mark.timeout(600)
def test_every_attack_is_survived_and_kept(pool: ReaderPool, corpora: Path, tmp_path: Path) -> None:
    paths = listed(corpora)
    assert len(paths) >= 30
    for number, path in enumerate(paths):
        start = time.monotonic()
        reading = read_one(pool, path, tmp_path / str(number))
        assert time.monotonic() - start < SECONDS, path.name
        assert sorted(os.listdir(tmp_path / str(number))) == sorted(file.path for file in reading.files)
        if path.suffix != ".eml":
            kept = tmp_path / str(number) / reading.files[0].path
            assert kept.read_bytes() == path.read_bytes(), path.name
        assert all(len(file.reading.text) <= ReadLimits().text_chars for file in reading.files)
    assert sorted(os.listdir(tmp_path), key=int) == [str(number) for number in range(len(paths))]


@pytest.mark.parametrize(
    ("name", "state", "warning"),
    [
        ("xxe-file.docx", "unreadable", "dtd"),
        ("laughs.docx", "unreadable", "dtd"),
        ("quadratic.docx", "unreadable", "dtd"),
        ("external-template.docx", "read", "remote-template"),
        ("encrypted-flag.pdf", "encrypted", "encrypted"),
        ("embedded-exe.pdf", "", "embedded-files"),
        ("js-openaction.pdf", "", "active-content"),
        ("launch-uri.pdf", "", "active-content"),
        ("empty.pdf", "unreadable", "empty"),
    ],
)
def test_what_is_said_of_attacks(
    pool: ReaderPool, corpora: Path, tmp_path: Path, name: str, state: str, warning: str
) -> None:
    path = corpora / "attack" / "made" / name
    if not path.is_file():
        pytest.skip(f"{name} is not in these corpora")
    (file,) = read_one(pool, path, tmp_path / "job").files
    assert file.reading.state == (state or file.reading.state)
    assert not warning or warning in file.reading.warnings


def test_bounces_are_recognised(corpora: Path) -> None:
    """Bounces of many systems; what looks like a person's mail must stay below one in twenty."""
    folders = [corpora / "mail" / name for name in ("sisimai", "flufl.bounce")]
    paths = [path for folder in folders for path in sorted(folder.rglob("*"))]
    mails = [path for path in paths if path.suffix in {".eml", ".txt"} and path.stat().st_size]
    if not mails:
        pytest.skip("no bounces in these corpora")
    missed = [path.name for path in mails if not read(path.read_bytes(), ReadLimits()).headers.automatic]
    assert len(missed) * 20 < len(mails), missed
