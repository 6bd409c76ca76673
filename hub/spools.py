"""The spools of a data folder: each process that accepts has its own; what a dead one left is taken up."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from hub.context import Hub
from hub.intake import BATCH, ingest
from rules.values.arrival import Spooled
from storage.spool import Spool, SpoolBroken

log = logging.getLogger("vanthu.spools")
MOST = 32
MEGABYTE = 1 << 20


def folders(data: Path) -> list[Path]:
    """Every spool folder there is, the first process's first."""
    return [folder for number in range(1, MOST + 1) if (folder := _folder(data, number)).is_dir()]


def own(hub: Hub) -> Spool:
    """The first spool that no other process holds. Raises SpoolBroken when there are too many."""
    for number in range(1, MOST + 1):
        spool = _free(hub, _folder(hub.data, number))
        if spool is not None:
            return spool
    raise SpoolBroken(f"{MOST} processes accept into {hub.data} already")


def take_up(hub: Hub, mine: Spool) -> int:
    """Give rows to what dead processes left in their spools; how many parcels."""
    taken = 0
    for folder in folders(hub.data):
        spool = None if folder == mine.root else _free(hub, folder)
        if spool is None:
            continue
        try:
            for batch in _batches(spool):
                ingest(hub, spool, batch)
                taken += len(batch)
        finally:
            spool.close()
    if taken:
        log.warning("%d parcels taken up from spools of processes that ended", taken)
    return taken


def _free(hub: Hub, folder: Path) -> Spool | None:
    limit = hub.config.smtp.max_message_mb * MEGABYTE
    try:
        return Spool(folder, limit, hub.config.storage.reserve_share)
    except SpoolBroken:  # because its lock is held: that process looks after it
        return None


def _batches(spool: Spool) -> Iterator[list[Spooled]]:
    batch: list[Spooled] = []
    for spooled in spool.recover():
        batch.append(spooled)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _folder(data: Path, number: int) -> Path:
    return data / ("spool" if number == 1 else f"spool-{number}")
