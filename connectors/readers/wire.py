"""What the hub and a reading child say to each other: length-prefixed JSON frames.

Never pickle: the child has touched foreign bytes and is trusted by nobody.
"""

import struct
from typing import cast

import msgspec

from rules.values.grid import Grid
from rules.values.reading import ParcelReading
from rules.values.scan import ScannedPage

PREFIX = struct.Struct(">I")


class Ask(msgspec.Struct, frozen=True):
    """Read this. ``skip`` names files (by ordinal) that killed a child before, with the reason."""

    path: str
    name: str
    kind: str  # mail | file | scan (one page of a scanned file) | cut (some of its pages) | grid (cells)
    job_dir: str
    offset: int = 0
    skip: dict[int, str] = {}
    media_type: str = ""  # of a scanned file
    pages: tuple[int, ...] = ()  # of it, from 0


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """The child is warm. ``network`` tells whether it could still reach one; ``confined`` whether the
    kernel keeps it from every file but the programs and its own room."""

    pid: int
    network: bool
    confined: bool = False


class At(msgspec.Struct, frozen=True, tag="at"):
    """The child begins to read the file with this ordinal."""

    ordinal: int


class Done(msgspec.Struct, frozen=True, tag="done"):
    """The reading; ``retire`` when the child ran out of something and wants to be replaced."""

    reading: ParcelReading
    retire: bool = False


class Scanned(msgspec.Struct, frozen=True, tag="scanned"):
    """One page of a scan."""

    page: ScannedPage


class Cut(msgspec.Struct, frozen=True, tag="cut"):
    """The pages that were asked for stand in a file of the job folder."""

    path: str


class Cells(msgspec.Struct, frozen=True, tag="cells"):
    """The sheets of a workbook."""

    grids: tuple[Grid, ...]


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The child could not read the parcel at all."""

    reason: str
    transient: bool
    retire: bool = False


Result = Done | Scanned | Cut | Cells | Failed
Answer = Hello | At | Done | Scanned | Cut | Cells | Failed
_ASK = msgspec.json.Decoder(Ask)
_ANSWER = msgspec.json.Decoder(Answer)
_ENCODER = msgspec.json.Encoder()


def frame(message: Ask | Answer) -> bytes:
    body = _ENCODER.encode(message)
    return PREFIX.pack(len(body)) + body


def decode_ask(body: bytes) -> Ask:
    return _ASK.decode(body)


def decode_answer(body: bytes | bytearray) -> Answer:
    """Typed decode; raises msgspec.DecodeError for anything that is not an answer."""
    return cast(Answer, _ANSWER.decode(body))
