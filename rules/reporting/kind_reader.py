"""A kind of report is read from TOML; every mistake is named with its place."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from difflib import get_close_matches

import msgspec

from rules.compliance.facts import Facts
from rules.reporting.kinds import LADDER, NUMERIC, Act, Asked, Due, Kind, Rung
from rules.text.fold import fold

LONGEST = 200_000  # characters of a file
MOST_FIELDS = 200
MOST_RUNGS = 20
LAST_DAY = 28  # a day that every month has
_CODE = re.compile(r"[a-z][a-z0-9-]{0,39}")
_FIELD_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.]{0,19}")
_MOST_DOTS = 40  # tomllib is quadratic in the length of dotted keys
_QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'')
MEASURES = frozenset(Facts().derived())


@dataclass(frozen=True, slots=True)
class KindFault:
    """One mistake: a code for words, the place in the file, what stands there, what may stand there."""

    code: str
    where: str
    found: str = ""
    expected: str = ""


class KindFaults(ValueError):
    """A file that is no kind of report; ``faults`` has at least one."""

    def __init__(self, file: str, faults: tuple[KindFault, ...]) -> None:
        super().__init__(f"{file}: " + "; ".join(f"{f.where}: {f.code} {f.found}" for f in faults))
        self.file = file
        self.faults = faults


def read_kind(text: str, file: str = "") -> Kind:
    """The kind that a file describes, its ladder filled in where it has none. Raises KindFaults."""
    if len(text) > LONGEST:
        raise KindFaults(file, (KindFault("too-long", "", str(len(text)), str(LONGEST)),))
    try:
        kind = msgspec.convert(_loaded(text), Kind)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise KindFaults(file, (KindFault("no-toml", "", str(error)[:200]),)) from error
    except msgspec.ValidationError as error:
        what, _at, where = str(error).partition(" - at ")
        raise KindFaults(file, (KindFault("shape", where.strip("`$."), what),)) from error
    faults = tuple(_faults(kind))
    if faults:
        raise KindFaults(file, faults)
    return kind if kind.ladder else msgspec.structs.replace(kind, ladder=LADDER)


def _loaded(text: str) -> object:
    if any(_QUOTED.sub("", line).count(".") > _MOST_DOTS for line in text.splitlines()):
        raise tomllib.TOMLDecodeError("a key with too many dots")
    return tomllib.loads(text)


def _faults(kind: Kind) -> Iterator[KindFault]:
    if not _CODE.fullmatch(kind.code):
        yield KindFault("bad-code", "code", kind.code)
    if not kind.name.strip():
        yield KindFault("empty", "name")
    if not 1 <= kind.cut_off <= LAST_DAY:
        yield KindFault("bad-day", "cut_off", str(kind.cut_off), f"1-{LAST_DAY}")
    if not kind.who:
        yield KindFault("empty", "who")
    yield from _due_faults(kind.due, kind.cut_off)
    yield from _field_faults(kind)
    yield from _check_faults(kind)
    if kind.ladder:
        yield from _ladder_faults(kind)


def _due_faults(due: Due, cut_off: int) -> Iterator[KindFault]:
    if bool(due.before) == bool(due.on):
        yield KindFault("one-of", "due", "", "before, on")
        return
    day = due.before or due.on
    if not cut_off + 2 <= day <= LAST_DAY:  # ND09/2019 Art. 8.5b: a working day lies between
        yield KindFault("bad-day", "due", str(day), f"{cut_off + 2}-{LAST_DAY}")


def _field_faults(kind: Kind) -> Iterator[KindFault]:
    if not 1 <= len(kind.fields) <= MOST_FIELDS:
        yield KindFault("too-many", "fields", str(len(kind.fields)), f"1-{MOST_FIELDS}")
    seen: dict[str, str] = {}
    for field in kind.fields:
        where = f"fields {field.code}"
        if not _FIELD_CODE.fullmatch(field.code):
            yield KindFault("bad-code", where, field.code)
        if not field.name.strip():
            yield KindFault("empty", f"{where}: name")
        for name in {fold(word) for word in (field.code, field.name, *field.words)}:
            if name in seen and seen[name] != field.code:
                yield KindFault("double", where, name)
            seen[name] = field.code
        if (field.kind is Asked.CHOICE) != bool(field.choices):
            yield KindFault("choices", where, field.kind.value)
        if field.measure and field.measure not in MEASURES:
            near = ", ".join(get_close_matches(field.measure, MEASURES, 3))
            yield KindFault("no-measure", where, field.measure, near or ", ".join(sorted(MEASURES)))


def _check_faults(kind: Kind) -> Iterator[KindFault]:
    for number, check in enumerate(kind.checks, 1):
        for code in (*check.sum, check.at_most):
            field = kind.field(code)
            if field is None or field.kind not in NUMERIC:
                yield KindFault("no-number-field", f"checks {number}", code)
        if not check.sum:
            yield KindFault("empty", f"checks {number}: sum")


def _ladder_faults(kind: Kind) -> Iterator[KindFault]:
    codes = [rung.code for rung in kind.ladder]
    if len(codes) > MOST_RUNGS:
        yield KindFault("too-many", "ladder", str(len(codes)), f"1-{MOST_RUNGS}")
    for code in {code for code in codes if codes.count(code) > 1}:
        yield KindFault("double", "ladder", code)
    for act, least in ((Act.FORM, 1), (Act.REPORT, 0), (Act.SUPPLEMENT, 0), (Act.MISSING, 0)):
        count = sum(rung.act is act for rung in kind.ladder)
        if not least <= count <= 1:
            yield KindFault("how-many", "ladder", f"{act.value}: {count}", "1" if least else "0-1")
    if kind.ladder[0].act is not Act.FORM:
        yield KindFault("form-first", "ladder", kind.ladder[0].code)
    for rung in kind.ladder:
        yield from _rung_faults(rung, kind.cut_off)


def _rung_faults(rung: Rung, cut_off: int) -> Iterator[KindFault]:
    where = f"ladder {rung.code}"
    if not _CODE.fullmatch(rung.code):
        yield KindFault("bad-code", where, rung.code)
    if bool(rung.day) == bool(rung.working_days_before):
        yield KindFault("one-of", where, "", "day, working_days_before")
    elif rung.day and not cut_off < rung.day <= LAST_DAY:
        yield KindFault("bad-day", where, str(rung.day), f"{cut_off + 1}-{LAST_DAY}")
    elif not 0 <= rung.working_days_before <= 10:
        yield KindFault("bad-day", where, str(rung.working_days_before), "1-10")
    if not re.fullmatch(r"\d\d:\d\d", rung.time) or not _clock(rung.time):
        yield KindFault("bad-time", where, rung.time)
    if not rung.to:
        yield KindFault("empty", f"{where}: to")


def _clock(text: str) -> bool:
    hour, minute = int(text[:2]), int(text[3:])
    return hour <= time.max.hour and minute <= time.max.minute
