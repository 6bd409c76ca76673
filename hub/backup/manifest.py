"""What a backup says about itself."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from hub.texts import _
from storage.inventory import Inventory

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
FOLDERS = "FOLDERS"
SQLITE_COPY, POSTGRES_DUMP = "hub.db", "hub.dump"
FORMAT = 1


class BackupRefused(Exception):
    """Why there is no (whole) backup, or nothing was restored, in one sentence."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """``state`` names the folder that belongs to it; ``data`` is where the hub lay."""

    made_at: str
    hub_id: str
    engine: str  # sqlite | postgresql
    data: str
    state: str
    sums_sha256: str
    files: int
    bytes: int
    inventory: Inventory
    damaged: list[str] = field(default_factory=list)  # blobs that could not be copied whole
    format: int = FORMAT


def read(folder: Path) -> Manifest:
    """The manifest of a backup. Raises BackupRefused."""
    path = folder / MANIFEST
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError as error:
        raise BackupRefused(
            _("{folder} is no backup: there is no {name}").format(folder=folder, name=MANIFEST)
        ) from error
    except (OSError, msgspec.MsgspecError) as error:
        raise BackupRefused(_("{path}: cannot be read: {error}").format(path=path, error=error)) from error
    if manifest.format != FORMAT:
        raise BackupRefused(_("{path}: made by another version of Vanthu").format(path=path))
    return manifest


def write(folder: Path, manifest: Manifest) -> None:
    """Put the manifest in its place in one step, after everything it speaks of is on the disk."""
    os.sync()
    temporary = folder / f".{MANIFEST}"
    temporary.write_bytes(msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")
    temporary.replace(folder / MANIFEST)
    os.sync()
