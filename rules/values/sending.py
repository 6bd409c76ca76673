"""What goes out: one set of files, addressed many times, and what became of each."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Address:
    """Where one delivery goes. ``mailbox`` is set when it is a local mailbox."""

    email: str
    name: str = ""
    mailbox: str | None = None  # path of the Maildir relative to the mail folder


@dataclass(frozen=True, slots=True)
class Outbound:
    """One mail ready to go: headers and first part for this receiver, files shared by all.

    On the wire it is ``headers + body + shared``. ``headers`` are complete
    "Name: value" CRLF lines; ``body`` is the encoded MIME body *with* its
    Content-* headers in front; ``shared`` holds the files of the document with
    the closing boundary, encoded once and never copied per receiver.
    ``mail_from`` is the keyed bounce address (or "" for the null sender).
    ``first_try`` says that this key never went out before, so that a transport
    need not look far for an earlier copy; leaving it False is always safe.
    """

    headers: bytes
    body: bytes
    mail_from: str
    shared: bytes = b""
    first_try: bool = False
    filed: bool = False  # a document of the hub: mailboxes with folders keep those in one of their own

    def pieces(self) -> tuple[bytes, bytes, bytes]:
        """The mail as it goes out, in order, without copying the files."""
        return self.headers, self.body, self.shared


@dataclass(frozen=True, slots=True)
class Delivered:
    """It is in the receiver's mailbox (or a gateway said so)."""

    detail: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A smarthost took it; whether it arrives is not known yet."""

    detail: str = ""


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now. ``after`` is a hint in seconds, or None for the retry schedule."""

    why: str
    after: float | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """Never, with the reason in words a clerk understands."""

    why: str


Outcome = Delivered | Sent | Deferred | Failed


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mailbox to be issued on a host."""

    address: str
    path: str  # relative to the mail folder, e.g. "example.vn/vanthu.sonoivu"
    quota_bytes: int | None = None
    folders: tuple[str, ...] = field(default=())
