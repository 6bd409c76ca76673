"""Word documents (.docx): all text in document order, tables and text boxes included.

The header of a Vietnamese official document is a table of two columns, so
tables are read where they stand (TRAPS, Documents).
"""

import re
from collections.abc import Iterator
from pathlib import Path

from connectors.readers.container import BROKEN, Container, Refused, opened, parse_xml
from connectors.readers.kind import DOCX
from connectors.readers.limits import DEFAULT, ReadLimits
from connectors.readers.outcome import Run, runs_reading, unreadable
from connectors.readers.word_styles import Numbering, Styles
from connectors.readers.word_walk import Walk
from rules.values.reading import Reading

_HEADER = re.compile(r"^word/header\d*\.xml$")
_FOOTER = re.compile(r"^word/footer\d*\.xml$")
_LEGACY = (b"VNI-", b".Vn", b".VN")
_MAIN_TYPE = b"wordprocessingml.document.main+xml"
_FETCHED = ("/attachedTemplate", "/frame", "/oleObject", "/subDocument")


def read(path: Path, name: str, limits: ReadLimits = DEFAULT) -> Reading:
    """The text of a .docx; ``unreadable`` with a code where it is broken or dangerous."""
    try:
        with opened(path, limits) as container:
            return _read(container, limits)
    except Refused as refusal:
        state = "encrypted" if refusal.args[0] == "encrypted" else "unreadable"
        return Reading(DOCX, state, warnings=(str(refusal.args[0]),))
    except KeyError:
        return unreadable(DOCX, "no-document-part")
    except BROKEN:
        return unreadable(DOCX, "broken-zip")


def _read(container: Container, limits: ReadLimits) -> Reading:
    main = container.bytes_of(_main_part(container))
    parts = [*_others(container, _HEADER), main, *_others(container, _FOOTER)]
    styles = Styles.of(container, _has_legacy(container, parts))
    numbering = Numbering.of(container) if b":numPr" in main else Numbering()
    runs: list[Run] = []
    for part in parts:
        runs += Walk(styles, numbering).runs(parse_xml(part))
    return runs_reading(DOCX, runs, limits, _warnings(container))


def _has_legacy(container: Container, parts: list[bytes]) -> bool:
    """Fonts are followed only where a legacy font is named at all."""
    known = [*parts]
    if "word/styles.xml" in container.names:
        known.append(container.bytes_of("word/styles.xml"))
    return any(mark in part for part in known for mark in _LEGACY)


def _main_part(container: Container) -> str:
    """``word/document.xml``, or the part that the content types name instead."""
    if "word/document.xml" in container.names:
        return "word/document.xml"
    for entry in container.xml("[Content_Types].xml"):
        if _MAIN_TYPE.decode() in entry.get("ContentType", ""):
            return entry.get("PartName", "").lstrip("/")
    raise KeyError("word/document.xml")


def _others(container: Container, pattern: re.Pattern[str]) -> Iterator[bytes]:
    """Headers or footers, each text once (first-page, odd and even ones repeat)."""
    names = sorted(name for name in container.names if pattern.match(name))[:12]
    yield from dict.fromkeys(container.bytes_of(name) for name in names)


def _warnings(container: Container) -> list[str]:
    """What a person should know before opening it in Word."""
    found = []
    if any(name.endswith("vbaProject.bin") for name in container.names):
        found.append("active-content")
    if any(name.startswith("word/embeddings/") for name in container.names):
        found.append("embedded-files")
    if any(name.startswith("_xmlsignatures/") for name in container.names):
        found.append("signed")
    if any(_has_remote_template(container, part) for part in ("document", "settings")):
        found.append("remote-template")
    return found


def _has_remote_template(container: Container, part: str) -> bool:
    """A template fetched from elsewhere when Word opens the file; links in the text are no such thing."""
    name = f"word/_rels/{part}.xml.rels"
    if name not in container.names:
        return False
    return any(
        entry.get("Type", "").endswith(_FETCHED) and entry.get("TargetMode") == "External"
        for entry in container.xml(name)
    )
