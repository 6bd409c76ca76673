"""The files of an arrival before the antivirus; where none is configured every file is "not scanned"."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from connectors.checks.clamd import Clamd
from hub.context import Hub
from hub.settings import Config
from rules.values.antivirus import INFECTED, NOT_SCANNED, Scan
from rules.values.reading import ParcelReading

FOUND = "infected"
MOST_SECONDS = 120.0  # for all files of one arrival; what is left counts as not scanned
NOBODY = Scan(NOT_SCANNED)


def of(config: Config) -> Clamd | None:
    """The antivirus as configured."""
    checks = config.checks
    return Clamd(checks.clamd, checks.clamd_seconds, checks.clamd_oldest_days) if checks.clamd else None


def look(hub: Hub, reading: ParcelReading, folder: Path) -> Mapping[str, Scan]:
    """What is said of each file of a reading, by its path in ``folder``.

    Talks over a socket: never call it inside a transaction.
    """
    clamd = of(hub.config)
    found: dict[str, Scan] = {}
    until = time.monotonic() + MOST_SECONDS
    for file in reading.files:
        if clamd is None or time.monotonic() > until:
            found[file.path] = NOBODY if clamd is None else Scan(NOT_SCANNED, "time-limit")
            continue
        notes = {*file.reading.warnings, *(["encrypted"] if file.reading.state == "encrypted" else [])}
        found[file.path] = clamd.scan(folder / file.path, hub.now(), notes)
    return found


def look_at_mail(hub: Hub, sha256: str) -> Scan:
    """A whole mail as it lies in the store, which clamd takes apart itself."""
    clamd = of(hub.config)
    return NOBODY if clamd is None else clamd.scan(hub.blobs.path(sha256), hub.now())


def infection(scans: Mapping[str, Scan]) -> str:
    """The name of what was found first, or nothing."""
    return next((scan.detail or "?" for scan in scans.values() if scan.state == INFECTED), "")
