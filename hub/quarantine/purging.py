"""The bytes of what was purged, taken away from every place where the hub put them."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from hub.context import Hub
from hub.exchange.organs import SOURCE
from storage.blobs import scrub
from storage.engine import AnyRow
from storage.spool_scrub import scrub_spool


def remove_bytes(hub: Hub, wanted: Collection[str], arrived: Sequence[AnyRow]) -> int:
    """Out of the blob store, the spools, the working folder and the scanners' ``done``; how many copies.

    Doing it twice changes nothing, so a purge that a crash interrupted is simply given again.
    """
    from hub import spools  # late, because what comes into a spool may be an answer to the desk

    removed = sum(hub.blobs.remove(name) for name in sorted(wanted))
    removed += sum(scrub_spool(folder, wanted) for folder in spools.folders(hub.data))
    for row in arrived:
        for folder in (hub.data / "work").glob(f"*-{row.id}-*"):
            shutil.rmtree(folder, ignore_errors=True)  # because what cannot be removed is named by verify
    return removed + sum(scrub(path) for row in arrived for path in _taken(hub, row))


def _taken(hub: Hub, row: AnyRow) -> Iterator[Path]:
    """The file as a scanner or a gateway left it: it was moved to ``done`` under the name it had."""
    folders = {"scanner": hub.config.scanner.folder or "scan", SOURCE: hub.config.exchange.folder}
    root = folders.get(row.source)
    unit = row.account.partition("/")[0]
    if root is None or not unit or unit.startswith("."):
        return
    for path in sorted((hub.data / root / unit / "done").glob("*")):
        if path.is_file() and not path.is_symlink() and path.stat().st_size == row.size and _is(path, row):
            yield path


def _is(path: Path, row: AnyRow) -> bool:
    return hashlib.sha256(path.read_bytes()).hexdigest() == str(row.sha256)
