"""One search over FTS5 or tsvector.

Both index an own folded text, because FTS5 never folds đ to d whatever its
tokenizer option, and so that both engines give the same answers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import Connection, Integer, bindparam, insert, literal_column, select, text, update

from rules.permission import EVERYTHING, View
from rules.text.fold import fold
from storage.access import visible
from storage.ready import Ready
from storage.tables.documents import document_texts

LONGEST_TEXT = 200_000  # characters of a document's text that are searched
LONGEST_WORD = 200  # characters; PostgreSQL refuses 2,047 bytes, and nobody looks for such a word
MOST_WORDS = 50  # of one query

CREATE = {
    "sqlite": (
        "CREATE VIRTUAL TABLE document_search USING fts5(symbol, subject, body, tokenize='unicode61')",
    ),
    "postgresql": (
        "CREATE TABLE document_search (document INTEGER PRIMARY KEY, words TSVECTOR NOT NULL)",
        "CREATE INDEX document_search_words ON document_search USING gin (words)",
    ),
}
_TEXT = Ready(select(document_texts.c.text).where(document_texts.c.document == bindparam("document")))
_KEEP_TEXT = Ready(insert(document_texts))
_OTHER_TEXT = update(document_texts).where(document_texts.c.document == bindparam("this"))
NOT_A_WORD = re.compile(r"[\W_]+")
_BLANKS = {code: " " for code in range(128) if not chr(code).isalnum()}


_INDEX_FTS5 = Ready(
    text("INSERT INTO document_search (rowid, symbol, subject, body) VALUES (:id, :symbol, :subject, :body)")
)
_INDEX_TSVECTOR = text(
    "INSERT INTO document_search (document, words) VALUES (:id, CAST(:vector AS tsvector))"
)

_FORGET = {
    "sqlite": text("DELETE FROM document_search WHERE rowid = :id"),
    "postgresql": text("DELETE FROM document_search WHERE document = :id"),
}


def words(value: str) -> str:
    """Folded words, nothing else, so that a query can never be syntax."""
    folded = fold(value)
    if folded.isascii():  # as Vietnamese is, once folded; a table is ten times as fast there
        return " ".join(folded.translate(_BLANKS).split())
    return NOT_A_WORD.sub(" ", folded).strip()


def index(connection: Connection, document: int, symbol: str, subject: str, body: str) -> None:
    """Make a document findable, in the transaction that registers it."""
    body = _storable(body[:LONGEST_TEXT])
    _KEEP_TEXT.run(connection, {"document": document, "text": body})
    _insert(connection, document, symbol, subject, body)


def index_again(connection: Connection, document: int, symbol: str, subject: str) -> None:
    """Make it findable by its new number or subject; the text is the same."""
    connection.execute(_FORGET[connection.dialect.name], {"id": document})
    _insert(connection, document, symbol, subject, text_of(connection, document))


def read_anew(connection: Connection, document: int, symbol: str, subject: str, body: str) -> None:
    """Another text of the same document, because its scan was read again."""
    body = _storable(body[:LONGEST_TEXT])
    connection.execute(_OTHER_TEXT, {"this": document, "text": body})
    connection.execute(_FORGET[connection.dialect.name], {"id": document})
    _insert(connection, document, symbol, subject, body)


def _insert(connection: Connection, document: int, symbol: str, subject: str, body: str) -> None:
    parts = (words(symbol), words(subject), words(body))
    if connection.dialect.name == "sqlite":
        names = ("symbol", "subject", "body")
        _INDEX_FTS5.run(connection, {"id": document, **dict(zip(names, parts, strict=True))})
    else:
        connection.execute(_INDEX_TSVECTOR, {"id": document, "vector": _vector(*parts)})


def _vector(*parts: str) -> str:
    """A tsvector as PostgreSQL reads it: each word once for each part it stands in, with that part's weight.

    Written here, because PostgreSQL's own parser would cut words otherwise than FTS5 does.
    """
    places: dict[str, list[str]] = {}
    for folded, place in zip(parts, ("1A", "2B", "3D"), strict=True):
        for word in set(folded.split()):
            if len(word) <= LONGEST_WORD:
                places.setdefault(word, []).append(place)
    return " ".join(f"'{word}':{','.join(where)}" for word, where in places.items())


def text_of(connection: Connection, document: int) -> str:
    """The text that was indexed, or nothing."""
    return _TEXT.run(connection, {"document": document}).scalar() or ""


def find(connection: Connection, query: str, limit: int = 50, view: View = EVERYTHING) -> Sequence[int]:
    """Documents that hold all words of the query, best first. Accents and case do not matter."""
    wanted = words(query).split()[:MOST_WORDS]
    if not wanted or max(map(len, wanted)) > LONGEST_WORD:
        return []
    if connection.dialect.name == "sqlite":
        found = literal_column("rowid", Integer)
        match, order = "document_search MATCH :query", "bm25(document_search, 10.0, 5.0, 1.0)"
        phrase = " ".join(f'"{word}"' for word in wanted)
    else:
        found = literal_column("document", Integer)
        match, order = (
            "words @@ CAST(:query AS tsquery)",
            "ts_rank(words, CAST(:query AS tsquery)) DESC, document DESC",
        )
        phrase = " & ".join(f"'{word}'" for word in wanted)
    statement = (
        select(found)
        .select_from(text("document_search"))
        .where(text(match), visible(view, found))
        .order_by(text(order))
        .limit(limit or None)
    )
    return [int(row[0]) for row in connection.execute(statement, {"query": phrase})]


def _storable(body: str) -> str:
    """Without NUL and lone surrogates, which no text column takes."""
    return body.replace("\0", " ").encode("utf-8", "replace").decode()
