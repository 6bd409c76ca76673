"""A mail server that keeps everything it is given, for trying the hub without a world outside."""

from __future__ import annotations

from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox


class MailSink:
    """Listens on loopback and writes each mail into one Maildir."""

    def __init__(self, folder: Path, port: int) -> None:
        self._controller = Controller(Mailbox(folder), hostname="127.0.0.1", port=port)

    def __enter__(self) -> MailSink:
        self._controller.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._controller.stop()
