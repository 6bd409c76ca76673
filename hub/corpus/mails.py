"""Mails as they are: nothing may crash or hang, and no attachment may be lost."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from hub.corpus.expected import attachments_of
from hub.corpus.reader import CorpusReader, Seen
from hub.corpus.tally import Miss, Tally
from hub.corpus.truth import entries
from rules.records.bundle import bundles
from rules.scoring import same

HANGS = 10.0  # seconds
_NO_MAIL = frozenset({".json", ".xml", ".out", ".md", ".golden", ".go", ".py", ".html", ".bin"})
_FIELD = re.compile(rb"^(?:From |[!-9;-~]{2,60}[ \t]*:)", re.MULTILINE)
_BETWEEN_PARTS = re.compile(r"--\S|Content-[A-Za-z-]+:", re.IGNORECASE)
_WRITTEN = re.compile(r"\W+")


def score_mails(reader: CorpusReader, folder: Path, tally: Tally) -> None:
    """Every mail below ``mail``, then those whose files and subjects are known."""
    known = {folder / entry["file"]: entry for entry in entries(folder / "truth" / "vn_eml_truth.json")}
    for path, seen in reader.each(list(_mails(folder / "mail")), lambda path: path, "mail"):
        name = str(path.relative_to(folder))
        tally.took("mail", seen.seconds, 1)
        tally.judge(not seen.fault, Miss("mail", name, "read_without_error", "", seen.fault))
        tally.judge(seen.seconds <= HANGS, Miss("mail", name, "read_in_time", "", f"{seen.seconds:.1f} s"))
        _attachments(path, name, seen, tally)
        if path in known:
            _known(known[path], name, seen, tally)


def _mails(folder: Path) -> list[Path]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix not in _NO_MAIL)
    return [path for path in found if "_decoded" not in path.name and _begins_like_mail(path)]


def _begins_like_mail(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(4096)
    return path.suffix == ".eml" or len(_FIELD.findall(head)) >= 2


def _attachments(path: Path, name: str, seen: Seen, tally: Tally) -> None:
    """Against what other programs found in the same mail."""
    text = _WRITTEN.sub("", "\n".join([seen.body, *(file.reading.text for file in seen.files)]))
    hashes = {*seen.hashes, *seen.shorter}
    for label, expected in attachments_of(path):
        kept = bool(hashes.intersection(expected.hashes)) or _said(expected.text, text)
        tally.judge(kept, Miss("mail", name, "attachments_kept", label, ""))


def _said(wanted: str, text: str) -> bool:
    """Every line of a text is somewhere in what was read.

    Boundaries and headers between them are no text: where an inner boundary is never closed, others
    take all that follows for one part, and RFC 2046 5.1.2 lets the outer boundary end it.
    """
    lines = [_WRITTEN.sub("", line) for line in wanted.splitlines() if not _BETWEEN_PARTS.match(line)]
    return any(lines) and all(line in text for line in lines)


def _known(entry: dict[str, object], name: str, seen: Seen, tally: Tally) -> None:
    names = [file.name for file in seen.files]
    for attached in entry.get("attachments") or ():  # type: ignore[attr-defined]
        at = seen.hashes.index(attached["sha256"]) if attached["sha256"] in seen.hashes else None
        tally.judge(
            at is not None, Miss("mail", name, "attachment_bytes", str(attached["name"]), "; ".join(names))
        )
        if attached["name"]:
            right = at is not None and names[at] == unicodedata.normalize("NFC", attached["name"])
            tally.judge(right, Miss("mail", name, "attachment_name", attached["name"], "; ".join(names)))
    subject = str(entry.get("subject") or "")
    found = seen.headers.subject if seen.headers else ""
    tally.judge(same(found, subject), Miss("mail", name, "subject", subject, found))
    documents = bundles(seen.files)
    symbols = [d.main.fields.symbol.value for d in documents if d.main.fields.symbol is not None]
    states = {file.reading.state for file in seen.files}
    if entry.get("so_ky_hieu") and "no_text" not in states:  # a scan's number is counted with the scans
        symbol = str(entry["so_ky_hieu"])
        right = any(same(value, symbol) for value in symbols)
        tally.judge(right, Miss("mail", name, "symbol", symbol, "; ".join(symbols)))
