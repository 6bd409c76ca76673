"""Word 97-2003 documents (.doc): text with the font of every run.

Fonts are needed because VNI and TCVN3 are told by them alone. Where the
structure is broken or older, the program ``catdoc`` is asked if it is there.
Source: [MS-DOC], section numbers beside the steps.
"""

import shutil
import struct
import subprocess
from pathlib import Path

import olefile

from connectors.readers.doc_structure import BrokenDocument, Encrypted, runs_of
from connectors.readers.kind import DOC, LOCKED
from connectors.readers.limits import DEFAULT, ReadLimits
from connectors.readers.outcome import Run, runs_reading, text_reading, unreadable
from rules.values.reading import Reading

_FAULTS = (BrokenDocument, struct.error, ValueError, IndexError, OSError, RecursionError)
_CATDOC_SECONDS = 10


def read(path: Path, name: str, limits: ReadLimits = DEFAULT) -> Reading:
    """The text of a .doc; state ``encrypted`` or ``unreadable`` where there is none to have."""
    try:
        runs, macros = _open(path, limits)
    except Encrypted:
        return Reading(DOC, "encrypted", warnings=("encrypted",))
    except _FAULTS as fault:
        return _by_catdoc(path, limits, type(fault).__name__)
    return runs_reading(DOC, runs, limits, ["active-content"] if macros else [])


def read_locked(path: Path, name: str, limits: ReadLimits = DEFAULT) -> Reading:
    """A newer Office file behind a password: it says so, and nothing else is to be had."""
    return Reading(LOCKED, "encrypted", warnings=("encrypted",))


def _open(path: Path, limits: ReadLimits) -> tuple[list[Run], bool]:
    with olefile.OleFileIO(str(path)) as ole:
        document = _stream(ole, "WordDocument", limits)
        tables = {name: _stream(ole, name, limits) for name in ("0Table", "1Table") if ole.exists(name)}
        return runs_of(document, tables, limits.text_chars), bool(ole.exists("Macros/VBA"))


def _stream(ole: olefile.OleFileIO, name: str, limits: ReadLimits) -> bytes:
    with ole.openstream(name) as stream:
        return bytes(stream.read(limits.unpacked_bytes))


def _by_catdoc(path: Path, limits: ReadLimits, why: str) -> Reading:
    """A second opinion from a program made for broken files; its text has no fonts."""
    program = shutil.which("catdoc", path="/usr/bin:/bin:/usr/local/bin")
    if program is None:
        return unreadable(DOC, "broken-doc", why)
    try:
        command = [program, "-d", "utf-8", "-w", str(path)]
        done = subprocess.run(command, capture_output=True, timeout=_CATDOC_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return unreadable(DOC, "broken-doc", why)
    text = done.stdout[: limits.text_chars * 4].decode("utf-8", "replace")
    if done.returncode or not text.strip():
        return unreadable(DOC, "broken-doc", why)
    return text_reading(DOC, text, limits, warnings=["broken-doc", "read-by-catdoc"])
