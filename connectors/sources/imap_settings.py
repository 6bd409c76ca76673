"""One account on somebody else's IMAP server, and how its secret is shown to that server."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from rules.values.fetching import Afterwards

MEGABYTE = 1 << 20


class Credentials(Protocol):
    """What logs in. Read anew at every connection, so that a changed secret needs no restart."""

    def password(self) -> str:
        """A password, or "" where tokens are used. Raises SecretUnreadable."""

    def token(self, *, fresh: bool) -> str:
        """An access token (RFC 6749), or "" where a password is used. ``fresh``: not the one used last.

        Raises TokenRefused, TokenUnavailable, SecretUnreadable.
        """

    def ends(self) -> date | None:
        """The day on which the secret behind all this ends, where it is known."""


class SecretUnreadable(Exception):
    """The file that should hold the secret cannot be used; the message says why."""


class TokenUnavailable(Exception):
    """The token's server does not answer now."""


class TokenRefused(Exception):
    """The token's server says that the secret is worth nothing any more."""


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """``intake`` receives what is fetched; without one Delivered-To decides, else ``general``."""

    name: str
    host: str
    user: str
    general: str
    port: int = 993
    tls: Literal["tls", "starttls", "none"] = "tls"
    tls_ca: str = ""  # a file of certificates to trust instead of the machine's
    folder: str = "INBOX"
    intake: str = ""
    afterwards: Afterwards = Afterwards.LEAVE
    move_to: str = ""
    since: date | None = None
    max_bytes: int = 50 * MEGABYTE
    sweep_seconds: float = 300.0
    compare_seconds: float = 600.0
    timeout_seconds: float = 60.0
    part_bytes: int = MEGABYTE  # a larger mail is fetched in parts of this size
    shortest_pause: float = 1.0  # seconds after a broken connection
