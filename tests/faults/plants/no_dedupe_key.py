"""Planted: every repeat of a parcel is an arrival of its own."""

import secrets

from storage import arrivals


def plant() -> None:
    arrivals.dedupe_key = lambda *_: secrets.token_hex(16)
