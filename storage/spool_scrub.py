"""Bytes of purged parcels taken out of a spool, whose segments keep them until their last parcel is done."""

import os
from collections.abc import Collection
from pathlib import Path

from storage.blobs import blank
from storage.spool_disk import SpoolCorrupt
from storage.spool_file import read_record
from storage.spool_log import Frame, frames


def scrub_spool(root: Path, wanted: Collection[str]) -> int:
    """Blank the content of parcels with these SHA-256 that are done with; how many frames.

    Safe beside the process that writes the spool: it only appends, and never reads what is done.
    """
    return sum(_scrub_segment(path, wanted) for path in sorted(root.glob("*.log")))


def _scrub_segment(path: Path, wanted: Collection[str]) -> int:
    try:
        found = [frame for frame in frames(path) if isinstance(frame, Frame) and _is_done(frame, wanted)]
        if not found:
            return 0
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:  # because the segment goes with its last parcel
        return 0
    try:
        full = [frame for frame in found if os.pread(handle, frame.size, frame.offset).strip(b"\0")]
        for frame in full:
            blank(handle, frame.offset, frame.size)
    finally:
        os.close(handle)
    return len(full)


def _is_done(frame: Frame, wanted: Collection[str]) -> bool:
    try:
        return not frame.waits and read_record(frame.record).sha256 in wanted
    except SpoolCorrupt:
        return False
