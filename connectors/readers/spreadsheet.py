"""Spreadsheets (.xls, .xlsx) and slides (.ppt, .pptx): texts, with the fonts that old encodings need."""

import re
import struct
from collections.abc import Iterator
from pathlib import Path

import olefile
from lxml import etree

from connectors.readers import biff
from connectors.readers.container import BROKEN, Container, Refused, opened
from connectors.readers.kind import PPT, PPTX, XLS, XLSX
from connectors.readers.limits import DEFAULT, ReadLimits
from connectors.readers.outcome import by_fonts, text_reading, unreadable
from connectors.readers.word_styles import local, value
from rules.values.reading import Reading

Run = tuple[str, str]
_FAULTS = (biff.BrokenSheet, struct.error, ValueError, IndexError, OSError, RecursionError)
_NUMBER = re.compile(r"\d+")
_TEXT_CHARS, _TEXT_BYTES = 0x0FA0, 0x0FA8


def read_xls(path: Path, name: str, limits: ReadLimits = DEFAULT) -> Reading:
    """All cells of all sheets, row by row."""
    try:
        with olefile.OleFileIO(str(path)) as ole:
            stream = next(part for part in ("Workbook", "Book") if ole.exists(part))
            data = ole.openstream(stream).read(limits.unpacked_bytes)
        runs = biff.runs_of(data, limits.text_chars)
    except biff.Locked:
        return Reading(XLS, "encrypted", warnings=("encrypted",))
    except (*_FAULTS, StopIteration):
        return unreadable(XLS, "broken-xls")
    converted = by_fonts(runs)
    return text_reading(XLS, converted.text, limits, converted.kinds)


def read_ppt(path: Path, name: str, limits: ReadLimits = DEFAULT) -> Reading:
    """The texts of all slides, as they lie in the file ([MS-PPT] 2.9.41, 2.9.42)."""
    try:
        with olefile.OleFileIO(str(path)) as ole:
            data = ole.openstream("PowerPoint Document").read(limits.unpacked_bytes)
            if ole.exists("EncryptedSummary"):
                return Reading(PPT, "encrypted", warnings=("encrypted",))
        texts = list(_atoms(data))
    except _FAULTS:
        return unreadable(PPT, "broken-ppt")
    return text_reading(PPT, "\n".join(texts), limits)


def _atoms(data: bytes) -> Iterator[str]:
    at = 0
    while at + 8 <= len(data):
        version, kind, size = struct.unpack_from("<HHI", data, at)
        at += 8
        if version & 0xF == 0xF:  # a container: its records follow
            continue
        if kind == _TEXT_CHARS:
            yield data[at : at + size].decode("utf-16-le", "replace").replace("\x0b", "\n")
        elif kind == _TEXT_BYTES:
            yield data[at : at + size].decode("cp1252", "replace").replace("\x0b", "\n")
        at += size


def read_xlsx(path: Path, name: str, limits: ReadLimits = DEFAULT) -> Reading:
    """All cells of all sheets, row by row."""
    return _package(path, XLSX, limits, _sheet_runs)


def read_pptx(path: Path, name: str, limits: ReadLimits = DEFAULT) -> Reading:
    """The texts of all slides in their order."""
    return _package(path, PPTX, limits, _slide_runs)


def _package(path: Path, media_type: str, limits: ReadLimits, runs_of: object) -> Reading:
    try:
        with opened(path, limits) as container:
            runs = list(runs_of(container))  # type: ignore[operator]
    except Refused as refusal:
        state = "encrypted" if refusal.args[0] == "encrypted" else "unreadable"
        return Reading(media_type, state, warnings=(str(refusal.args[0]),))
    except KeyError:
        return unreadable(media_type, "no-document-part")
    except BROKEN:
        return unreadable(media_type, "broken-zip")
    converted = by_fonts(runs)
    return text_reading(media_type, converted.text, limits, converted.kinds)


def _numbered(container: Container, folder: str) -> list[str]:
    names = [name for name in container.names if name.startswith(folder) and name.endswith(".xml")]
    return sorted(names, key=lambda name: (int((_NUMBER.search(name[len(folder) :]) or [0])[0]), name))


def _slide_runs(container: Container) -> Iterator[Run]:
    for name in _numbered(container, "ppt/slides/slide"):
        for paragraph in (e for e in container.xml(name).iter() if local(e) == "p"):
            for run in (e for e in paragraph if local(e) in ("r", "fld")):
                fonts = [value(e, "typeface") for e in run.iter() if local(e) == "latin"]
                text = "".join(e.text or "" for e in run if local(e) == "t")
                yield text, fonts[0] if fonts else ""
            yield "\n", ""


def _sheet_runs(container: Container) -> Iterator[Run]:
    shared = list(_shared(container))
    fonts = _cell_fonts(container)
    for name in _numbered(container, "xl/worksheets/sheet"):
        for row in (e for e in container.xml(name).iter() if local(e) == "row"):
            for cell in row:
                yield from _cell(cell, shared, fonts)
                yield "\t", ""
            yield "\n", ""


def _cell(cell: etree._Element, shared: list[list[Run]], fonts: list[str]) -> Iterator[Run]:
    style = value(cell, "s")
    font = fonts[int(style)] if style.isdecimal() and int(style) < len(fonts) else ""
    text = next((e.text or "" for e in cell if local(e) == "v"), "")
    if value(cell, "t") == "s":
        runs = shared[int(text)] if text.isdecimal() and int(text) < len(shared) else []
        yield from ((part, own or font) for part, own in runs)
    elif value(cell, "t") == "inlineStr":
        yield "".join(e.text or "" for e in cell.iter() if local(e) == "t"), font
    else:
        yield text, font


def _shared(container: Container) -> Iterator[list[Run]]:
    """The shared strings, each as runs with fonts of their own where they have some."""
    if "xl/sharedStrings.xml" not in container.names:
        return
    for item in (e for e in container.xml("xl/sharedStrings.xml") if local(e) == "si"):
        runs: list[Run] = [(e.text or "", "") for e in item if local(e) == "t"]
        for run in (e for e in item if local(e) == "r"):
            font = next((value(e, "val") for e in run.iter() if local(e) == "rFont"), "")
            runs.append(("".join(e.text or "" for e in run if local(e) == "t"), font))
        yield runs


def _cell_fonts(container: Container) -> list[str]:
    """The font's name of each cell format."""
    if "xl/styles.xml" not in container.names:
        return []
    root = container.xml("xl/styles.xml")
    groups = {local(e): e for e in root}
    names = [
        next((value(e, "val") for e in font if local(e) == "name"), "") for font in groups.get("fonts", ())
    ]
    ids = [value(xf, "fontId") for xf in groups.get("cellXfs", ())]
    return [names[int(at)] if at.isdecimal() and int(at) < len(names) else "" for at in ids]
