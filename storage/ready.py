"""Statements of the hot path, made ready: built at import, and for SQLite translated once.

SQLAlchemy's way through an execution costs several times what SQLite needs to run
such a statement, and a document runs sixty of them. So here a statement's text
and what turns its values are kept, and the driver is asked directly. On
PostgreSQL, where a statement travels, it is executed as any other.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

from sqlalchemy import Connection, Dialect, Executable
from sqlalchemy.exc import DBAPIError, MultipleResultsFound, NoResultFound
from sqlalchemy.sql.compiler import SQLCompiler

Values = Mapping[str, Any]
Turn = Callable[[Any], Any]  # a Python value into one of the database, or back
NONE: Values = {}


class Answer(Protocol):
    """What a statement gave; SQLAlchemy's results are such answers too."""

    @property
    def rowcount(self) -> int: ...  # rows that were changed
    def first(self) -> Any: ...
    def one(self) -> Any: ...
    def all(self) -> Sequence[Any]: ...
    def scalar(self) -> Any: ...
    def scalar_one(self) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...


class Ready:
    """One statement, or one for each dialect by name. Lists in it stand as single values, because its text
    never changes."""

    def __init__(self, statement: Executable | Mapping[str, Executable]) -> None:
        self._statement = statement
        self._translated: dict[tuple[str, ...], _Translated] = {}

    def run(self, connection: Connection, values: Values = NONE) -> Answer:
        """Execute it with these values; names of columns that are not named in it are set to them."""
        if connection.dialect.name != "sqlite":
            return connection.execute(self._of(connection.dialect), values)
        return self._for(connection.dialect, values).run(connection, values)

    def run_all(self, connection: Connection, rows: Sequence[Values]) -> Answer:
        """The same for several rows with the same names."""
        if connection.dialect.name != "sqlite":
            return connection.execute(self._of(connection.dialect), rows)
        if not rows:
            return _Rows([], 0)
        return self._for(connection.dialect, rows[0]).run_all(connection, rows)

    def _of(self, dialect: Dialect) -> Executable:
        return self._statement[dialect.name] if isinstance(self._statement, Mapping) else self._statement

    def _for(self, dialect: Dialect, values: Values) -> _Translated:
        names = tuple(values)
        known = self._translated.get(names)
        if known is None:
            known = self._translated[names] = _translated(self._of(dialect), dialect, names)
        return known


@dataclass(frozen=True, slots=True)
class _Rows:
    """An answer of SQLite."""

    rows: list[Any]
    rowcount: int

    def first(self) -> Any:
        return self.rows[0] if self.rows else None

    def one(self) -> Any:
        if len(self.rows) != 1:
            raise (MultipleResultsFound if self.rows else NoResultFound)(f"{len(self.rows)} rows, not one")
        return self.rows[0]

    def all(self) -> Sequence[Any]:
        return self.rows

    def scalar(self) -> Any:
        return self.rows[0][0] if self.rows else None

    def scalar_one(self) -> Any:
        return self.one()[0]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)


@dataclass(frozen=True, slots=True)
class _Translated:
    """The text for SQLite, and how values go in and come out."""

    text: str
    fixed: dict[str, Any]  # values that stand in the statement, and defaults of columns
    takes: tuple[tuple[str, Turn | None], ...]  # by place
    row: Callable[[Sequence[Any]], Any] | None  # None: it gives no rows
    gives: tuple[tuple[int, Turn], ...]  # only the columns whose values are turned

    def run(self, connection: Connection, values: Values) -> _Rows:
        return self._asked(connection, self._parameters(values))

    def run_all(self, connection: Connection, rows: Sequence[Values]) -> _Rows:
        parameters = [self._parameters(values) for values in rows]
        if self.row is None:
            return self._asked(connection, parameters, many=True)
        return _Rows([row for one in parameters for row in self._asked(connection, one)], len(rows))

    def _parameters(self, values: Values) -> list[Any]:
        found = {**self.fixed, **values} if self.fixed else values
        return [found[name] if turn is None else turn(found[name]) for name, turn in self.takes]

    def _asked(self, connection: Connection, parameters: list[Any], *, many: bool = False) -> _Rows:
        driver = cast(sqlite3.Connection, connection.connection.dbapi_connection)
        try:
            cursor = (driver.executemany if many else driver.execute)(self.text, parameters)
            rows = cursor.fetchall() if self.row is not None else []
        except sqlite3.Error as error:
            raise DBAPIError.instance(self.text, parameters, error, sqlite3.Error, ismulti=many) from error
        return _Rows([self._given(row) for row in rows], cursor.rowcount)

    def _given(self, raw: tuple[Any, ...]) -> Any:
        values = list(raw)
        for place, turn in self.gives:
            values[place] = turn(values[place])
        return self.row(values) if self.row is not None else values


def _translated(statement: Executable, dialect: Dialect, names: Sequence[str]) -> _Translated:
    compiled = statement.compile(dialect=dialect, column_keys=list(names))  # type: ignore[attr-defined]  # as every clause
    assert isinstance(compiled, SQLCompiler)
    if compiled.post_compile_params:
        raise ValueError(f"a list in a ready statement: {compiled}")
    missing = [name for bind, name in compiled.bind_names.items() if bind.required and name not in names]
    if missing:
        raise ValueError(f"no value for {', '.join(missing)}: {compiled}")
    types = {name: bind.type.dialect_impl(dialect) for bind, name in compiled.bind_names.items()}
    takes = [(name, types[name].bind_processor(dialect)) for name in compiled.positiontup or ()]
    fixed = {name: value for name, value in compiled.params.items() if name not in names}
    for column in compiled.insert_prefetch:
        default: Any = column.default
        fixed[column.key] = default.arg if default.is_scalar else default.arg(None)
    columns = list(getattr(statement, "exported_columns", ()))
    turns = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    shape = namedtuple("Row", [str(column.key) for column in columns], rename=True)  # type: ignore[misc]
    return _Translated(
        compiled.string,
        fixed,
        tuple(takes),
        shape._make if columns else None,
        tuple((place, turn) for place, turn in enumerate(turns) if turn is not None),
    )
