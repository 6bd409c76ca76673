"""The attack corpus through the pool: each file behaves as INDEX.tsv says a safe hub does (PROMISES S12)."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from connectors.readers.limits import MIB, ReadLimits
from connectors.readers.mime import read
from connectors.readers.pool import ReaderPool
from rules.values.reading import ParcelReading

MEMORY = 512 * MIB


@dataclass(frozen=True)
class Kept:
    """What the reading of a file says: the first file's state, codes among the warnings, how many files."""

    state: str = ""
    warnings: tuple[str, ...] = ()
    most_files: int = 1
    automatic: str = ""


PLAIN = Kept()
DTD = Kept("unreadable", ("dtd",))
EXPECTED: dict[str, Kept] = {
    "address-list-50000.eml": Kept("", ("headers-capped",)),
    "auto-reply.eml": Kept(automatic="vacation"),
    "bare-lf.eml": PLAIN,
    "base64-dirty.eml": PLAIN,
    "bomb-document-xml.docx": Kept("unreadable", ("bomb-ratio",)),
    "bomb-flat-100MB.zip": Kept("kept", ("bomb-ratio",)),
    "bomb-nested-4x16.zip": Kept("kept", ("parts-capped",), ReadLimits().parts),
    "bomb-overlap-1000x20MB.zip": Kept("kept", ("bomb-overlap",)),
    "boundary-prefix.eml": Kept(most_files=2),
    "charset-lies.eml": Kept(most_files=20),
    "command-like.eml": PLAIN,
    "comments-nested.eml": PLAIN,
    "count-2-billion.pdf": Kept("read"),
    "cp437-vietnamese-names.zip": Kept("kept", (), 10),
    "crc-bad.zip": Kept("kept", ("broken-zip",), 5),
    "date-odd.eml": PLAIN,
    "deep-nesting.docx": Kept("unreadable"),
    "dup-message-id-a.eml": PLAIN,
    "dup-message-id-b.eml": PLAIN,
    "dup-names.zip": Kept("kept", (), 4),
    "eicar.b64": PLAIN,
    "embedded-exe.pdf": Kept("", ("embedded-files",)),
    "empty.pdf": Kept("unreadable", ("empty",)),
    "encoded-words-5000.eml": PLAIN,
    "encrypted-flag.pdf": Kept("encrypted", ("encrypted",)),
    "external-body.eml": PLAIN,
    "external-template.docx": Kept("read", ("remote-template",)),
    "filenames.eml": Kept(most_files=20),
    "flate-bomb-200MB.pdf": PLAIN,
    "flate-flate-bomb.pdf": PLAIN,
    "formula-cells.xlsx": Kept("read"),
    "from-display-spoof.eml": PLAIN,
    "from-group-empty.eml": PLAIN,
    "header-line-2MB.eml": Kept("", ("headers-capped",)),
    "headers-100000.eml": Kept("", ("headers-capped",)),
    "html-active.eml": PLAIN,
    "js-openaction.pdf": Kept("", ("active-content",)),
    "laughs-shared.xlsx": DTD,
    "laughs.docx": DTD,
    "launch-uri.pdf": Kept("", ("active-content",)),
    "loop-50-received.eml": PLAIN,
    "missing-boundary-end.eml": Kept("", ("end-missing",)),
    "nest-multipart-1000.eml": Kept("", ("nesting-capped",)),
    "nest-rfc822-1000.eml": Kept(most_files=ReadLimits().nesting + 2),
    "no-document.docx": Kept(most_files=5),
    "no-subject-no-date.eml": PLAIN,
    "not-a.pdf": PLAIN,
    "nul-and-ctrl.eml": PLAIN,
    "page-tree-loop.pdf": Kept("unreadable"),
    "partial-1-of-2.eml": PLAIN,
    "parts-20000.eml": Kept("", ("parts-capped",), ReadLimits().parts),
    "pixel-bomb-50000.png": Kept("unreadable", ("too-large",)),
    "polyglot-html.pdf": PLAIN,
    "quadratic.docx": DTD,
    "references-200KB.eml": Kept("", ("headers-capped",)),
    "rfc2231-50000.eml": Kept("", ("headers-capped",)),
    "script.svg": Kept("kept"),
    "slip-names.zip": Kept("kept", (), 30),
    "slip-symlink.zip": Kept("kept", (), 1),
    "subject-crlf-injection.eml": PLAIN,
    "template-injection.eml": PLAIN,
    "tiff-20000-pages.tif": Kept("no_text", ("pages-cut",)),
    "tiff-ifd-loop.tif": PLAIN,
    "truncated.zip": Kept("kept"),
    "two-from.eml": Kept("", ("two-from",)),
    "xref-loop.pdf": PLAIN,
    "xxe-file.docx": DTD,
    "xxe-net.docx": DTD,
}


@pytest.fixture(scope="module")
def attacked() -> Iterator[ReaderPool]:
    """One child as the hub starts it."""
    made = ReaderPool(1, ReadLimits(memory_bytes=MEMORY))
    yield made
    made.close()


def test_every_row_of_the_index_is_expected(corpora: Path) -> None:
    rows = (corpora / "attack" / "made" / "INDEX.tsv").read_text("utf-8").splitlines()[1:]
    names = {row.split("\t")[0] for row in rows}
    assert {name for name in names if not name.endswith(".json")} <= EXPECTED.keys()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", EXPECTED)
def test_an_attack_is_survived_kept_and_marked(
    attacked: ReaderPool, corpora: Path, tmp_path: Path, name: str
) -> None:
    path, wanted = corpora / "attack" / "made" / name, EXPECTED[name]
    if not path.is_file():
        pytest.skip(f"{name} is not in these corpora")
    kind = "mail" if path.suffix == ".eml" else "file"
    reading = attacked.read(path, name, kind, tmp_path)
    assert sorted(os.listdir(tmp_path)) == sorted(file.path for file in reading.files)
    if kind == "file":
        assert (tmp_path / reading.files[0].path).read_bytes() == path.read_bytes()
    found = warnings_of(reading)
    assert "time-limit" not in found, "no hang"
    assert set(wanted.warnings) <= found
    assert wanted.state in ("", reading.files[0].reading.state)
    assert 1 <= len(reading.files) <= wanted.most_files
    assert reading.headers is None or reading.headers.automatic == wanted.automatic
    assert all(len(file.reading.text) <= ReadLimits().text_chars for file in reading.files)
    assert peak(attacked) <= MEMORY, "resident memory of the child"


def warnings_of(reading: ParcelReading) -> set[str]:
    return {*reading.warnings, *(note for file in reading.files for note in file.reading.warnings)}


def peak(pool: ReaderPool) -> int:
    """Most memory that a living child ever had, in bytes."""
    found = [0]
    for child in list(pool._alive):
        status = Path(f"/proc/{child._process.pid}/status").read_text()
        lines = [line.split() for line in status.splitlines() if line.startswith("VmHWM:")]
        found += [int(words[1]) * 1024 for words in lines]
    return max(found)


def test_bounces_are_recognised(corpora: Path) -> None:
    """Bounces of many systems; what looks like a person's mail must stay below one in twenty."""
    folders = [corpora / "mail" / name for name in ("sisimai", "flufl.bounce")]
    paths = [path for folder in folders for path in sorted(folder.rglob("*"))]
    mails = [path for path in paths if path.suffix in {".eml", ".txt"} and path.stat().st_size]
    if not mails:
        pytest.skip("no bounces in these corpora")
    missed = [path.name for path in mails if not read(path.read_bytes(), ReadLimits()).headers.automatic]
    assert len(missed) * 20 < len(mails), missed
