"""Rows against files: every blob is read back in full and compared with its name (PROMISES R18)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from sqlalchemy import func, select

from storage.blobs import BlobDamaged, BlobMissing
from storage.engine import AnyRow
from storage.tables.documents import blobs
from storage.verify.survey import Survey

PAGE = 200


def check_files(survey: Survey) -> None:
    """Every row's bytes, then every file without a row."""
    with survey.database.reading() as connection:
        total = connection.execute(select(func.count()).select_from(blobs)).scalar() or 0
    for page in _pages(survey):
        for row in page:
            _check_blob(survey, row)
        survey.counts["blobs"] += len(page)
        survey.progress(survey.counts["blobs"], total, "files")
    _check_strays(survey)


def _pages(survey: Survey) -> Iterator[Sequence[AnyRow]]:
    after = ""
    statement = select(blobs.c.sha256, blobs.c.size, blobs.c.purged_at).order_by(blobs.c.sha256).limit(PAGE)
    while True:
        with survey.database.reading() as connection:
            page = connection.execute(statement.where(blobs.c.sha256 > after)).all()
        if not page:
            return
        yield page
        after = page[-1].sha256


def _check_blob(survey: Survey, row: AnyRow) -> None:
    subject = f"blob:{row.sha256}"
    try:
        size = len(survey.blobs.read(row.sha256))
    except BlobMissing:
        if row.purged_at is None:
            survey.error("blob-missing", subject)
        return
    except BlobDamaged:
        survey.error("blob-changed", subject)
        return
    except (OSError, ValueError) as error:
        survey.error("blob-unreadable", subject, error)
        return
    survey.counts["bytes"] += size
    if row.purged_at is not None:
        survey.question("blob-purged-but-there", subject)
    elif size != row.size:
        survey.error("size-differs", subject, f"{size} != {row.size}")


def _check_strays(survey: Survey) -> None:
    """Files that no row knows. The row is asked for last, because a running hub stores the bytes first."""
    names = survey.blobs.names()
    while batch := list(islice(names, PAGE)):
        with survey.database.reading() as connection:
            known = set(connection.execute(select(blobs.c.sha256).where(blobs.c.sha256.in_(batch))).scalars())
        for name in batch:
            if name not in known:
                survey.question("blob-stray", f"blob:{name}")
