"""A child's answer looked at as hostile: it may come from a child that foreign bytes took over."""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from connectors.readers.limits import ReadLimits
from rules.values.grid import Cell, Grid
from rules.values.reading import FileReading, MailHeaders, ParcelReading
from rules.values.scan import ScannedPage

_PATH = re.compile(r"[0-9]{3,4}(\.[a-z0-9]{1,4})?")
_UNCLEAN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_STATES = frozenset({"read", "no_text", "encrypted", "unreadable", "kept"})
_LONGEST = 2000
_MOST_WORDS = 20_000
_MOST_GRIDS, _MOST_ROWS = 10, 1000


class Rejected(Exception):
    """The answer breaks a rule; the argument says which."""


def checked(reading: ParcelReading, job_dir: Path, limits: ReadLimits) -> ParcelReading:
    """The same reading, proved harmless: files are plain files of the job folder, strings are clean."""
    if len(reading.files) > limits.parts + 1:
        raise Rejected("too many files")
    if len({file.path for file in reading.files}) != len(reading.files):
        raise Rejected("one path twice")
    for file in reading.files:
        _check_file(file, job_dir)
    heads = [text.replace("\n", " ").replace("\t", " ") for head in reading.inside for text in head]
    for text in (*_header_texts(reading.headers), *reading.warnings, *heads):
        if len(text) > _LONGEST or _UNCLEAN.search(text):
            raise Rejected("an unclean header")
    return reading


def _check_file(file: FileReading, job_dir: Path) -> None:
    if not _PATH.fullmatch(file.path):
        raise Rejected("a path outside the job folder")
    try:
        found = os.lstat(job_dir / file.path)
    except OSError as error:
        raise Rejected("a file that is not there") from error
    # A second name of an inode could be a file of somebody else, linked into the folder.
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1 or found.st_size != file.size:
        raise Rejected("not a plain file of its size")
    if len(file.name) > 300 or _UNCLEAN.search(file.name) or "/" in file.name or not file.name:
        raise Rejected("an unclean name")
    if file.searchable or file.unit:
        raise Rejected("what only the hub says of a scan")
    if file.reading.state not in _STATES:
        raise Rejected("an unknown state")


def checked_page(page: ScannedPage, index: int, job_dir: Path) -> ScannedPage:
    """The same page, proved harmless: it is the one asked for, and its picture a plain file."""
    words = page.page.words
    if page.page.number != index + 1 or len(page.page.sure) != len(words):
        raise Rejected("another page")
    if len(words) > _MOST_WORDS or any(len(word.text) > 100 or _UNCLEAN.search(word.text) for word in words):
        raise Rejected("unclean words")
    if any(len(mark.text) > 300 or _UNCLEAN.search(mark.text) for mark in page.marks):
        raise Rejected("an unclean bar code")
    if page.picture:
        plain_file(job_dir, page.picture)
    return page


def checked_grids(grids: tuple[Grid, ...]) -> tuple[Grid, ...]:
    """The same sheets, proved to be small and clean."""
    if len(grids) > _MOST_GRIDS or any(len(grid.rows) > _MOST_ROWS for grid in grids):
        raise Rejected("too many cells")
    for row in (row for grid in grids for row in grid.rows):
        if len(row) > _MOST_ROWS or not all(_clean_cell(cell) for cell in row):
            raise Rejected("an unclean cell")
    return grids


def _clean_cell(cell: Cell) -> bool:
    if not isinstance(cell, str):
        return True
    return len(cell) <= _LONGEST and not _UNCLEAN.search(cell.replace("\n", " ").replace("\t", " "))


def plain_file(job_dir: Path, name: str) -> Path:
    """A file of the job folder that a child named: no link, no second name."""
    if not _PATH.fullmatch(name):
        raise Rejected("a path outside the job folder")
    try:
        found = os.lstat(job_dir / name)
    except OSError as error:
        raise Rejected("a file that is not there") from error
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
        raise Rejected("not a plain file")
    return job_dir / name


def _header_texts(headers: MailHeaders | None) -> Iterator[str]:
    if headers is None:
        return
    yield from (headers.subject, headers.from_address, headers.from_name, headers.sender_address)
    yield from (headers.reply_to, headers.date, headers.message_id, headers.in_reply_to, headers.automatic)
    yield from (*headers.to, *headers.cc, *headers.references)
