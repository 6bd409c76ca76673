"""Members of zip-based documents, against bombs and overlaps (PROMISES S12)."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from lxml import etree

from connectors.readers.limits import ReadLimits

_MOST_MEMBERS = 5000
MOST_RATIO = 400
RATIO_FREE = 1024 * 1024
_LOCAL_HEADER = 30
BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, struct.error)


class Refused(Exception):
    """The container or its XML is dangerous; the argument is a code."""


class Container:
    """A zip whose members are read whole, under one budget for all of them."""

    def __init__(self, archive: zipfile.ZipFile, limits: ReadLimits) -> None:
        self._archive = archive
        self._left = limits.unpacked_bytes
        self.names = frozenset(archive.namelist())

    def bytes_of(self, name: str) -> bytes:
        """The member's bytes; raises Refused past the budget, KeyError where absent."""
        info = self._archive.getinfo(name)
        if info.flag_bits & 1:
            raise Refused("encrypted")
        if info.file_size > max(RATIO_FREE, info.compress_size * MOST_RATIO):
            raise Refused("bomb-ratio")
        with self._archive.open(info) as file:
            data = file.read(self._left + 1)  # the declared size may lie, so count what comes
        self._left -= len(data)
        if self._left < 0:
            raise Refused("bomb-size")
        return data

    def xml(self, name: str) -> etree._Element:
        """The member parsed as XML; no entity, no DTD, no network."""
        return parse_xml(self.bytes_of(name))


@contextmanager
def opened(path: Path | IO[bytes], limits: ReadLimits) -> Iterator[Container]:
    """The zip at ``path``, or in an open file; raises Refused for bombs, and the errors of BROKEN."""
    with zipfile.ZipFile(path) as archive:
        check(archive)
        yield Container(archive, limits)


def check(archive: zipfile.ZipFile) -> None:
    """Refuse too many members and members that share bytes (David Fifield's bomb)."""
    members = archive.infolist()
    if len(members) > _MOST_MEMBERS:
        raise Refused("bomb-members")
    end = 0
    for info in sorted(members, key=lambda member: member.header_offset):
        if info.header_offset < end:
            raise Refused("bomb-overlap")
        end = info.header_offset + _LOCAL_HEADER + info.compress_size


def parse_xml(data: bytes) -> etree._Element:
    """XML from a stranger; raises Refused for a DTD or what libxml2's limits refuse."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
        remove_pis=True, collect_ids=False,
    )  # fmt: skip
    if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data:
        raise Refused("dtd")
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refused("broken-xml") from error
    if root.getroottree().docinfo.internalDTD is not None:  # UTF-16 hides it from the look at bytes
        raise Refused("dtd")
    return root
