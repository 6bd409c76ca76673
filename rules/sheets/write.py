"""A directory as sheets; ``parse_sheets`` reads them back to the same rows."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from rules.directory import Directory
from rules.sheets.rows import GROUPS, MEMBERS, NAMES, OUTSIDE, PARENTS, PEOPLE, POSTS, SHAPES, UNITS
from rules.sheets.table import Shape, escaped
from rules.values.directory import Group, Outside, Unit

Cell = str | bool | date | None | tuple[str, ...]


def to_sheets(directory: Directory) -> Mapping[str, str]:
    """File name -> text with ``;``, which spreadsheets set to Vietnamese open by a double click.

    Encode it with ``utf-8-sig`` for them. No cell can be taken for a formula.
    """
    return {file: _sheet(SHAPES[file], rows) for file, rows in tables(directory).items()}


def tables(directory: Directory) -> Mapping[str, list[tuple[str, ...]]]:
    """File name -> its rows as texts, in the order of the sheet's columns."""
    rows: dict[str, Iterable[tuple[Cell, ...]]] = {
        UNITS.file: (_unit(unit) for unit in directory.units.values()),
        NAMES.file: _names(directory),
        PARENTS.file: _parents(directory),
        GROUPS.file: (_group(group) for group in directory.groups.values()),
        MEMBERS.file: _members(directory),
        OUTSIDE.file: (_outside(body) for body in directory.outside.values()),
        PEOPLE.file: ((p.email, p.name, p.addresses) for p in directory.people.values()),
        POSTS.file: _posts(directory),
    }
    return {file: [tuple(map(_cell, row)) for row in found] for file, found in rows.items()}


def _sheet(shape: Shape, rows: Iterable[tuple[str, ...]]) -> str:
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=";", lineterminator="\r\n")
    writer.writerow(shape.columns)
    writer.writerows([escaped(cell) for cell in row] for row in rows)
    return sheet.getvalue()


def _cell(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, tuple):
        return " ".join(cell)
    return cell.isoformat() if isinstance(cell, date) else cell or ""


def _unit(unit: Unit) -> tuple[Cell, ...]:
    """In the order of ``UNITS.columns``."""
    return (
        unit.code, unit.name, unit.kind.value, unit.parent, unit.email, unit.symbols, unit.valid_from,
        unit.valid_to, unit.deployed_since, unit.keeps_books, unit.keeper, unit.central, unit.accept.value,
        unit.book_mode.value, unit.successor, unit.channels, unit.domains,
        unit.national_id,
    )  # fmt: skip


def _group(group: Group) -> tuple[Cell, ...]:
    return group.code, group.name, tuple(group.kinds), group.valid_from, group.valid_to


def _outside(body: Outside) -> tuple[Cell, ...]:
    return body.code, body.name, body.email, body.domains, body.national_id


def _names(directory: Directory) -> Iterator[tuple[Cell, ...]]:
    named: list[tuple[str, Unit | Group | Outside]] = [*directory.units.items()]
    named += [(f"group:{code}", group) for code, group in directory.groups.items()]
    named += [(f"outside:{code}", body) for code, body in directory.outside.items()]
    for party, value in named:
        for name in value.other_names:
            yield party, name.text, name.valid_from, name.valid_to, name.kind.value


def _parents(directory: Directory) -> Iterator[tuple[Cell, ...]]:
    for unit in directory.units.values():
        yield from ((unit.code, p.unit, p.valid_from, p.valid_to) for p in unit.parents)


def _members(directory: Directory) -> Iterator[tuple[Cell, ...]]:
    for code, group in directory.groups.items():
        yield from ((code, member.party, member.valid_from, member.valid_to) for member in group.members)


def _posts(directory: Directory) -> Iterator[tuple[Cell, ...]]:
    for post in directory.posts:
        yield post.person, post.unit, post.role.value, post.title, post.valid_from, post.valid_to
