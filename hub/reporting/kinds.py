"""The kinds of report that this hub knows: those of the program, and the organisation's own files."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from hub.context import Hub
from hub.texts import N_, _
from rules.reporting.kind_reader import LONGEST, KindFault, KindFaults, read_kind
from rules.reporting.kinds import Kind

log = logging.getLogger("vanthu.reporting")
OURS = Path(__file__).resolve().parent.parent.parent / "templates" / "reports"
FOLDER = "reports"  # of the data folder
MOST_KINDS = 100


@dataclass(frozen=True, slots=True)
class KnownKinds:
    """Kinds by code, the file that each comes from, and files that are none, each with its sentences."""

    kinds: Mapping[str, Kind]
    files: Mapping[str, Path]
    broken: Mapping[Path, tuple[str, ...]]


def known(hub: Hub) -> KnownKinds:
    """Every kind; a file of the data folder stands before one of the program with the same code."""
    kinds: dict[str, Kind] = {}
    files: dict[str, Path] = {}
    broken: dict[Path, tuple[str, ...]] = {}
    for file in _files(hub):
        try:
            kind = _read(_text(file), file.name)
        except KindFaults as error:
            broken[file] = tuple(fault_words(fault) for fault in error.faults)
        except (OSError, UnicodeDecodeError) as error:
            broken[file] = (_("cannot be read: {error}").format(error=error),)
        else:
            kinds[kind.code], files[kind.code] = kind, file
    return KnownKinds(kinds, files, broken)


def collected(hub: Hub) -> tuple[Kind, ...]:
    """The kinds that units are asked for; one that cannot be read is told in the log and waits."""
    found = known(hub)
    for file, sentences in found.broken.items():
        log.error("%s: %s", file, "; ".join(sentences))
    return tuple(found.kinds[code] for code in hub.config.reports.kinds if code in found.kinds)


def kind_of(hub: Hub, code: str) -> Kind | None:
    """The kind with this code, collected or not."""
    return known(hub).kinds.get(code)


def fault_words(fault: KindFault) -> str:
    """One mistake as a sentence."""
    said = _(FAULTS[fault.code]).format(found=fault.found, expected=fault.expected)
    return f"{fault.where}: {said}" if fault.where else said


def _files(hub: Hub) -> Iterator[Path]:
    yield from sorted(OURS.glob("*.toml"))
    yield from sorted((hub.data / FOLDER).glob("*.toml"))[:MOST_KINDS]


def _text(file: Path) -> str:
    with file.open(encoding="utf-8") as opened:
        return opened.read(LONGEST + 1)


@lru_cache(maxsize=MOST_KINDS)
def _read(text: str, name: str) -> Kind:
    return read_kind(text, name)


FAULTS: Mapping[str, str] = {
    "too-long": N_("the file has {found} characters; at most {expected}"),
    "no-toml": N_("this is no valid TOML: {found}"),
    "shape": N_("this cannot stand here: {found}"),
    "bad-code": N_("{found} is no code; write small letters, digits and - (fields: letters, digits, .)"),
    "empty": N_("something must stand here"),
    "bad-day": N_("{found} is no day that fits; expected {expected}"),
    "bad-time": N_("{found} is no time of day; write it as 08:00"),
    "one-of": N_("exactly one of {expected} must stand here"),
    "too-many": N_("{found} are too few or too many; expected {expected}"),
    "double": N_("{found} stands here twice"),
    "choices": N_("a field of kind choice, and no other, has choices ({found})"),
    "no-measure": N_("the hub counts nothing by the name {found}; perhaps meant: {expected}"),
    "no-number-field": N_("there is no field {found} that holds a number"),
    "how-many": N_("so many steps of this act: {found}; expected {expected}"),
    "form-first": N_("the ladder begins with {found}; its first step must be the form"),
}
