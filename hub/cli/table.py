"""Tables readable at eighty columns: whole codes, few lines, further columns where there is room."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from rich import box
from rich.markup import escape
from rich.table import Table

from hub.cli.console import console, show_json
from hub.texts import _, word
from rules.text.gate import clean

LONGEST_CELL = 400
COLOURS: Mapping[str, str] = {
    "delivered": "green",
    "sent": "green",
    "routed": "green",
    "registered": "green",
    "ok": "green",
    "planned": "cyan",
    "sending": "cyan",
    "deferred": "yellow",
    "held": "yellow",
    "review": "yellow",
    "warning": "yellow",
    "question": "yellow",
    "failed": "red",
    "refused": "red",
    "error": "red",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the value's key and its heading.

    ``whole`` values (codes, numbers, dates) are never broken over lines; the column is
    left out on terminals narrower than ``room``; ``words`` says a value for people.
    """

    key: str
    heading: str
    whole: bool = False
    right: bool = False
    room: int = 0
    words: Callable[[Any], str] = str


def show(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], *, as_json: bool) -> None:
    """Rows as JSON with all their values, or as a table with these columns."""
    if as_json:
        show_json(rows)
    elif rows:
        console.print(table_of(rows, columns))
    else:
        say_nothing()


def say_nothing() -> None:
    """An empty list says so."""
    console.print(_("nothing here"), style="dim", markup=False)


def table_of(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], title: str = "") -> Table:
    """The table for this terminal."""
    shown = [column for column in columns if console.width >= column.room]
    table = plain_table(title)
    for column in shown:
        justify: Any = "right" if column.right else "left"
        table.add_column(column.heading, justify=justify, no_wrap=column.whole, overflow="fold")
    for row in rows:
        table.add_row(*(cell(row.get(column.key), column.words) for column in shown))
    return table


def plain_table(title: str = "") -> Table:
    """A table without frames, because a frame costs three characters a column."""
    return Table(
        title=escape(title) or None,
        title_justify="left",
        title_style="bold",
        header_style="bold",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
    )


def cell(value: Any, words: Callable[[Any], str] = str) -> str:
    """A value as markup: cleaned, coloured by its code, a dash where there is none."""
    if value is None or value == []:
        return "[dim]-[/dim]"
    items = value if isinstance(value, (list, tuple)) else [value]
    text = escape(clean(", ".join(words(item) for item in items), LONGEST_CELL))
    colour = COLOURS.get(str(value)) if isinstance(value, str) else None
    return f"[{colour}]{text}[/{colour}]" if colour else text


def said(kind: type[Enum]) -> Callable[[Any], str]:
    """The word for a code of this vocabulary; a code of another stays as it is."""
    known = {str(member.value): member for member in kind}
    return lambda code: word(known[str(code)]) if str(code) in known else str(code)


def day(text: str) -> str:
    """A day as people here write it."""
    return f"{date.fromisoformat(text):%d/%m/%Y}"
