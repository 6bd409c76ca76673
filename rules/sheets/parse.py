"""Sheets into directory rows, all or nothing: any error, and the caller writes nothing."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice, takewhile
from typing import TypeVar

from rules.directory import Directory
from rules.sheets import rows
from rules.sheets.cells import Cells
from rules.sheets.checks import check
from rules.sheets.errors import SheetError
from rules.sheets.rows import SHAPES, Lines, Sheets
from rules.sheets.table import Row, Shape, nearest, read
from rules.values.directory import OUTSIDE, Group, Member, Name, Outside, Parent, Person, Post, Unit

MOST_ERRORS = 500  # shown at once; nobody reads more
T = TypeVar("T")
Named = TypeVar("Named", Unit, Group, Outside)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What the sheets say. Rows replace those of the same code; write only when ``errors`` is empty."""

    units: tuple[Unit, ...] = ()
    groups: tuple[Group, ...] = ()
    outside: tuple[Outside, ...] = ()
    people: tuple[Person, ...] = ()
    posts: tuple[Post, ...] = ()
    errors: tuple[SheetError, ...] = ()
    lines: Mapping[tuple[str, tuple[str, ...]], int] = field(
        default_factory=dict
    )  # (sheet, row's key) -> line


def parse_sheets(
    sheets: Mapping[str, bytes], known: Directory | None = None, domains: Iterable[str] = ()
) -> Parsed:
    """Read sheets by file name (``units.csv``, ...) and check them against each other and ``known``.

    Sheets may be missing: what they would declare is looked for in ``known``, whose other names
    and members stay where no sheet speaks of them. ``domains`` are the organisation's own
    (default: those of ``known``). Never raises for what is in the sheets.
    """
    known = known or Directory()
    own = tuple(domain.casefold() for domain in domains) or known.domains
    errors: list[SheetError] = [_stranger(file) for file in sheets if file not in SHAPES]

    def take(shape: Shape, build: Callable[[Cells, tuple[str, ...]], T | None]) -> Lines[T]:
        read_rows = read(shape, sheets[shape.file], errors) if shape.file in sheets else iter(())
        few_errors = takewhile(lambda _row: len(errors) <= MOST_ERRORS, read_rows)
        made = ((row, build(Cells(row, errors), own)) for row in few_errors)
        return [(row, value) for row, value in made if value is not None]

    said = Sheets(
        take(rows.UNITS, rows.unit),
        take(rows.NAMES, rows.name),
        take(rows.PARENTS, rows.parent),
        take(rows.GROUPS, rows.group),
        take(rows.MEMBERS, rows.member),
        take(rows.OUTSIDE, rows.outside),
        take(rows.PEOPLE, rows.person),
        take(rows.POSTS, rows.post),
    )
    made = _together(said, known)
    if len(errors) <= MOST_ERRORS:
        errors.extend(islice(check(said, known, _merged(known, made, own), own), MOST_ERRORS))
    return replace(made, errors=_shown(errors), lines=_lines(said))


def _lines(said: Sheets) -> Mapping[tuple[str, tuple[str, ...]], int]:
    """Where each row stands; the first line where several have one key."""
    keyed: list[tuple[Row, tuple[str, ...]]] = [(row, (unit.code,)) for row, unit in said.units]
    keyed += [(row, (party, name.text, name.kind.value)) for row, (party, name) in said.names]
    keyed += [(row, (code, parent.unit or "")) for row, (code, parent) in said.parents]
    keyed += [(row, (group.code,)) for row, group in said.groups]
    keyed += [(row, (code, member.party)) for row, (code, member) in said.members]
    keyed += [(row, (body.code,)) for row, body in said.outside]
    keyed += [(row, (person.email,)) for row, person in said.people]
    keyed += [(row, (post.person, post.unit, post.role.value)) for row, post in said.posts]
    return {(row.file, key): row.line for row, key in reversed(keyed)}


def _stranger(file: str) -> SheetError:
    right = list(SHAPES)
    near = nearest(file, right)
    return Row(file, 0, {}).fault(
        "", "unknown_file", value=file, words=near if near in right else ", ".join(right)
    )


def _shown(errors: list[SheetError]) -> tuple[SheetError, ...]:
    ordered = sorted(dict.fromkeys(errors), key=lambda error: (error.file, error.line))
    if len(ordered) <= MOST_ERRORS:
        return tuple(ordered)
    last = ordered[MOST_ERRORS]
    more = Row(last.file, last.line, {}).fault("", "too_many", limit=MOST_ERRORS)
    return (*ordered[:MOST_ERRORS], more)


def _together(said: Sheets, known: Directory) -> Parsed:
    """Put other names and members where they belong; what only they touch comes from ``known``."""
    names: defaultdict[str, list[Name]] = defaultdict(list)
    members: defaultdict[str, list[Member]] = defaultdict(list)
    parents: defaultdict[str, list[Parent]] = defaultdict(list)
    for _row, (party, name) in said.names:
        names[party].append(name)
    for _row, (code, parent) in said.parents:
        parents[code].append(parent)
    for _row, (code, member) in said.members:
        members[code].append(member)
    touched = {code.removeprefix("group:") for code in names if code.startswith("group:")} | set(members)
    groups = _named(said.groups, known.groups, names, "group:", touched)
    units = _named(said.units, known.units, names, "", {*names, *parents})
    return Parsed(
        tuple(_with_parents(unit, parents, known) for unit in units),
        tuple(_with_members(group, members, known) for group in groups),
        _named(said.outside, known.outside, names, OUTSIDE, {n.removeprefix(OUTSIDE) for n in names}),
        tuple(person for _row, person in said.people),
        tuple(post for _row, post in said.posts),
    )


def _named(
    said: Lines[Named],
    known: Mapping[str, Named],
    names: Mapping[str, list[Name]],
    prefix: str,
    touched: set[str],
) -> tuple[Named, ...]:
    """The rows of a sheet and the known ones that another sheet touches, with their other names."""
    codes = {value.code for _row, value in said}
    values = [value for _row, value in said]
    values += [value for code, value in known.items() if code in touched and code not in codes]
    return tuple(
        _with_names(value, names.get(prefix + value.code), known.get(value.code)) for value in values
    )


def _with_names(value: Named, names: list[Name] | None, old: Named | None) -> Named:
    kept = old.other_names if old else ()
    return replace(value, other_names=kept if names is None else tuple(names))


def _with_parents(unit: Unit, parents: Mapping[str, list[Parent]], known: Directory) -> Unit:
    old = known.units.get(unit.code)
    kept = old.parents if old else ()
    return replace(unit, parents=tuple(parents[unit.code]) if unit.code in parents else kept)


def _with_members(group: Group, members: Mapping[str, list[Member]], known: Directory) -> Group:
    old = known.groups.get(group.code)
    kept = old.members if old else ()
    return replace(group, members=tuple(members[group.code]) if group.code in members else kept)


def _merged(known: Directory, made: Parsed, own: tuple[str, ...]) -> Directory:
    """The directory as it would stand after the import."""
    return Directory.of(
        [*known.units.values(), *made.units],
        [*known.groups.values(), *made.groups],
        [*known.outside.values(), *made.outside],
        [*known.people.values(), *made.people],
        [*known.posts, *made.posts],
        own,
    )
