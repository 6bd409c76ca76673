"""How well real documents are read: fields against ``truth/vn_truth.json``, old encodings against full texts.

Skipped where the corpora are absent. Word files are read by ``catdoc`` when
it is there; those of viparse come as their ground-truth texts, so that this
measures `identify` and not a reader.
"""

import json
import os
import shutil
import subprocess
import unicodedata
from collections import Counter
from difflib import SequenceMatcher
from importlib.resources import files
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw
import pytest

from connectors.readers import pdf
from rules.identify.layout import identify
from rules.text.fold import fold
from rules.text.legacy import convert
from rules.values.reading import Fields, Page

ROOT = Path(__file__).resolve().parents[2]
CORPORA = Path(os.environ.get("VANTHU_CORPORA", ROOT.parent / "shared" / "corpora"))
TRUTH = CORPORA / "truth" / "vn_truth.json"
GROUND = CORPORA / "vn" / "viparse" / "ground-truth"
pytestmark = pytest.mark.skipif(not TRUTH.exists(), reason=f"no corpora at {CORPORA}")
TARGETS = {"symbol": 0.97, "date": 0.97, "type": 0.97, "issuer": 0.97, "subject": 0.92, "recipients": 0.85}


def _pages(path: Path, copy: Path) -> list[Page] | None:
    """Pages of a digital document, or None where nothing here can read it."""
    text = GROUND / f"{path.stem}.txt"
    if text.exists():
        return [Page(1, convert(text.read_text("utf-8")).text)]
    if path.suffix == ".pdf":
        return list(pdf.read(_flat(path, copy), path.name).pages)
    if path.suffix == ".doc" and (catdoc := shutil.which("catdoc")):
        done = subprocess.run(
            [catdoc, "-w", "-d", "utf-8", str(path)], capture_output=True, check=True, timeout=20
        )
        return [Page(1, convert(done.stdout.decode("utf-8", "replace")).text)]
    return None


def _flat(path: Path, copy: Path) -> Path:
    """Number and date of e-signed letters are annotations; flattened they are text."""
    document = pypdfium2.PdfDocument(path)
    for page in document:
        pypdfium2.raw.FPDFPage_Flatten(page.raw, pypdfium2.raw.FLAT_NORMALDISPLAY)
    document.save(copy)
    document.close()
    return copy


def _plain(text: str) -> str:
    """Case and blanks do not count: TCVN3 capitals are lost in plain text."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().replace(" ,", ",").split()).strip(" .;,")


def _value(fields: Fields, name: str) -> str:
    found = getattr(fields, name)
    return "" if found is None else str(found.value)


def _scores(fields: Fields, truth: dict[str, Any]) -> dict[str, bool]:
    """Which fields are right, for those the truth knows."""
    pairs = {
        "symbol": "so_ky_hieu",
        "date": "ngay",
        "type": "loai",
        "issuer": "co_quan",
        "subject": "trich_yeu",
    }
    pairs |= {
        "place": "dia_danh",
        "signer": "nguoi_ky",
        "signer_title": "chuc_vu_ky",
        "parent_issuer": "co_quan_cap_tren",
    }
    right = {
        name: _plain(_value(fields, name)).replace(" ", "") == _plain(truth[key]).replace(" ", "")
        for name, key in pairs.items()
        if truth[key]
    }
    if truth["noi_nhan"]:
        got = [_plain(entry.text) for entry in fields.recipients if entry.kind != "archive"]
        right["recipients"] = got == [_plain(entry) for entry in truth["noi_nhan"]]
    if truth["kinh_gui"]:
        got = [_plain(entry.text) for entry in fields.addressees]
        right["addressees"] = got == [_plain(entry) for entry in truth["kinh_gui"]]
    return right


def test_digital_documents(tmp_path: Path) -> None:
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    wrong: list[str] = []
    for truth in json.loads(TRUTH.read_text("utf-8")):
        path = CORPORA / truth["file"]
        pages = None if truth["form"].startswith("scan") else _pages(path, tmp_path / path.name)
        if not pages:
            continue
        for name, ok in _scores(identify(pages), truth).items():
            total[name] += 1
            right[name] += ok
            if not ok:
                wrong.append(f"{path.name}: {name}")
    assert total["symbol"] >= 5
    missed = {
        name: (right[name], total[name])
        for name, share in TARGETS.items()
        if right[name] < share * total[name]
    }
    assert not missed, wrong


def _encoder(kind: str) -> dict[int, str]:
    """A translation of Unicode letters, capitals to small where the encoding has no capital."""
    table = json.loads(files("rules.tables").joinpath(f"{kind}_map.json").read_text("utf-8"))
    letters: dict[str, str] = table["encode_single"] if kind == "tcvn3" else table["encode"]
    capitals = {char.upper(): code for char, code in letters.items()}
    return {ord(char): code for char, code in {**capitals, **letters}.items()}


@pytest.mark.parametrize("kind", ["vni", "tcvn3"])
def test_real_texts_survive_an_old_encoding(kind: str) -> None:
    """Less than 0.5 % of the letters come back wrong; case apart, which TCVN3 keeps in the font."""
    wrong = letters = 0
    table = _encoder(kind)
    for path in sorted(GROUND.glob("*.txt")):
        text = unicodedata.normalize("NFC", path.read_text("utf-8"))[:20_000]
        if "xŭt" in text:
            continue  # a ground truth that is itself damaged
        got = convert(text.translate(table)).text
        for before, after in zip(text.split("\n"), got.split("\n"), strict=True):
            letters += len(before)
            wrong += (
                0 if before.casefold() == after.casefold() else _apart(before.casefold(), after.casefold())
            )
    assert letters > 100_000
    assert wrong < 0.005 * letters


def _apart(a: str, b: str) -> int:
    """Letters that differ."""
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b, strict=True))
    blocks = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    return max(len(a), len(b)) - sum(match.size for match in blocks)


def test_unicode_texts_are_not_touched() -> None:
    changed = 0
    for path in sorted(GROUND.glob("*.txt")):
        text = unicodedata.normalize("NFC", path.read_text("utf-8"))
        changed += convert(text).lines_changed
    assert changed <= 1  # one line of a damaged ground truth mixes both


def test_folding_real_text_leaves_ascii() -> None:
    text = (GROUND / "2005-QD-256.txt").read_text("utf-8")
    letters = [char for char in fold(text) if char.isalpha()]
    assert letters
    assert all(char.isascii() for char in letters)
