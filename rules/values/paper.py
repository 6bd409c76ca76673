"""A document that the hub writes itself, as values: the same for a page, an office file and a test.

Laid out as Decree 30/2020/NĐ-CP App. I wants it: letterhead, number, place and date, kind and subject,
body, recipients and signature.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table; ``trend`` is a line of shares, the oldest first, None where nothing is known."""

    text: str
    light: str = ""  # green | yellow | red | unknown | none
    trend: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    width: float  # share of the table's width
    align: str = "left"  # left | right | center


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    small: bool = False  # many columns


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    note: bool = False  # smaller, in italics


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """What the lights mean."""

    lights: tuple[tuple[str, str], ...]


Block = Heading | Text | Bullets | Table | Key


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Boxes 1 to 5 and 9a of Decree 30."""

    above: str
    issuer: str
    nation: str
    motto: str
    number: str
    place_and_date: str
    kind: str
    subject: str
    greeting: str
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Closing:
    """Boxes 7 and 9b."""

    title: str
    recipients: tuple[str, ...]
    power: str
    signer: str


@dataclass(frozen=True, slots=True)
class Annex:
    """Pages on their side behind the letter, for wide tables."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    language: str
    letterhead: Letterhead
    blocks: tuple[Block, ...]
    closing: Closing
    annexes: tuple[Annex, ...] = ()
