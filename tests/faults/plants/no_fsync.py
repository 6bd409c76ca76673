"""Planted: the hub's own files are written, but never forced to the disk."""

import os


def plant() -> None:
    os.fsync = os.fdatasync = lambda _: None  # type: ignore[assignment]
