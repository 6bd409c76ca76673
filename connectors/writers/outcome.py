"""What became of a file that was to bear its number."""

from dataclasses import dataclass

BLANK = "blank"  # number and date stand where the text left room
STAMP = "stamp"  # they stand in a line at the top right of the first page


@dataclass(frozen=True, slots=True)
class Numbered:
    """The copy, and how it bears the number: BLANK or STAMP."""

    content: bytes
    how: str


class CannotNumber(Exception):
    """Why there is no copy; the argument is a code."""
