"""A mailbox of the hub's own, opened as a mail program on this machine does it (IMAP with STARTTLS)."""

from __future__ import annotations

import ssl
from email.header import decode_header, make_header
from typing import Any

from imapclient import IMAPClient

from connectors.mailboxes.old_mailbox import FAULTS
from rules.text.gate import clean

TIMEOUT = 5.0


class OpenedTrouble(Exception):
    """Why it cannot be opened or read."""


class Opened:
    """One session; a context manager. The certificate is the hub's own and not looked at on this machine."""

    def __init__(self, host: str, port: int, user: str, password: str) -> None:
        self._place, self._login = (host, port), (user, password)
        self._client: Any = None

    def __enter__(self) -> Opened:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        try:
            self._client = IMAPClient(*self._place, ssl=False, timeout=TIMEOUT)
            self._client.starttls(context)
            self._client.login(*self._login)
        except FAULTS as error:
            self.__exit__()
            raise OpenedTrouble(clean(str(error), 200)) from error
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._client is not None:
            self._client.__exit__(None, None, None)

    def newest_subject(self, folder: str) -> str:
        """Of the newest mail of a folder. Raises OpenedTrouble where there is none."""
        try:
            self._client.select_folder(folder, readonly=True)
            newest = max(self._client.search("ALL"))
            envelope = self._client.fetch([newest], ["ENVELOPE"])[newest][b"ENVELOPE"]
            return clean(str(make_header(decode_header((envelope.subject or b"").decode("ascii")))), 200)
        except FAULTS as error:
            raise OpenedTrouble(clean(str(error), 200)) from error
