"""What can be wrong in a sheet: where, what, and what to do about it."""

from collections.abc import Callable
from dataclasses import dataclass

# code -> (what is wrong, what to do). English message ids: the hub translates a phrase first
# and fills in the values afterwards, so that one translation serves every value.
PHRASES: dict[str, tuple[str, str]] = {
    "unknown_file": ("there is no sheet named {value}", "Name it one of: {words}."),
    "too_large": ("the sheet is larger than {limit} MB", "Split it into several."),
    "encoding": ("the bytes are not UTF-8", "Save it as 'CSV UTF-8' and try again."),
    "broken": ("this cannot be read as CSV: {value}", "Look for a quotation mark without its pair."),
    "empty": ("the sheet is empty", "Put the column names into its first line: {words}."),
    "missing_column": ("the column {value} is missing", "Add it to the first line."),
    "unknown_column": ("there is no column {value}", "Did you mean {nearest}? Columns: {words}."),
    "doubled_column": ("the column {value} stands there twice", "Remove one."),
    "too_many_cells": ("there are more cells than columns", "Put names that hold a separator in quotes."),
    "too_long": ("the text is longer than {limit} characters", "Shorten it."),
    "control": ("there is a line break or an invisible sign in it", "Type it anew."),
    "required": ("it is empty", "Fill it in."),
    "bad_date": ("{value} is not a date", "Write it as 2025-06-30 or 30/06/2025."),
    "bad_yes": ("{value} is neither yes nor no", "Write yes or no."),
    "bad_word": ("{value} is not known here", "Did you mean {nearest}? Words: {words}."),
    "bad_code": ("{value} is not a code", "Use a-z, 0-9 and -, at most 40, no blanks: sonoivu."),
    "bad_email": ("{value} is not an e-mail address", "Write it as annv@tinh.example, without accents."),
    "bad_domain": ("{value} is not a mail domain", "Write it as sotuphap.example."),
    "public_domain": ("{value} gives mailboxes to everybody", "It cannot stand for an office: leave it out."),
    "own_domain": ("{value} is a domain of this organisation", "Leave it out here."),
    "doubled": ("{value} stands there already, in line {line}", "Remove one of the two."),
    "taken": ("{value} already belongs to {owner}", "Choose another."),
    "reserved": ("{value} is reserved for an office", "Choose another, for instance with a number."),
    "dates_reversed": ("it ends ({value}) before it begins", "Exchange the two dates or correct one."),
    "unknown_unit": ("there is no unit {value}", "Correct it (nearest: {nearest}) or add it to units.csv."),
    "unknown_group": (
        "there is no group {value}",
        "Correct it (nearest: {nearest}) or add it to groups.csv.",
    ),
    "unknown_party": ("there is no {value}", "Correct it (nearest: {nearest}) or add it to its sheet."),
    "unknown_person": (
        "there is no person {value}",
        "Correct it (nearest: {nearest}) or add them to people.csv.",
    ),
    "parent_dated": ("parents.csv says without an end that it stands below {value}", "Change it there."),
    "cycle": ("it leads back to itself: {value}", "Break the circle in one of these lines."),
    "no_keeper": ("nobody keeps the books of {value}", "Name a keeper or a parent, or keeps_books yes."),
    "two_centrals": ("{value} is marked central already", "Mark exactly one unit."),
    "too_many": ("there are more than {limit} faults", "Correct these first."),
}


@dataclass(frozen=True, slots=True)
class SheetError:
    """One fault. ``line`` counts from 1 (0: the whole file), ``column`` is its name or empty.

    ``code`` is a key of ``PHRASES``; ``values`` fill its places.
    """

    file: str
    line: int
    column: str
    code: str
    values: tuple[tuple[str, str], ...] = ()

    @property
    def what(self) -> str:
        """What is wrong, in English."""
        return PHRASES[self.code][0].format(**dict(self.values))

    @property
    def remedy(self) -> str:
        """What to do, in English."""
        return PHRASES[self.code][1].format(**dict(self.values))

    def words(self, translate: Callable[[str], str] = str) -> str:
        """``file:line: column: what is wrong. What to do.`` in the language of ``translate``."""
        place = f"{self.file}:{self.line}" + (f": {self.column}" if self.column else "")
        what, remedy = (translate(phrase).format(**dict(self.values)) for phrase in PHRASES[self.code])
        return f"{place}: {what}. {remedy}"
