"""What a file says: bytes turned into text with places, and the fields found in it."""

import datetime
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from rules.values.bounce import Failure
from rules.values.edxml import Package, StatusMessage
from rules.vocabulary import Urgency

T = TypeVar("T")


class Word(NamedTuple):
    """One word with its box in points, origin top left, and its font where known.

    A tuple, because a page has hundreds and a frozen dataclass costs five times as much to make.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    font: str = ""
    size: float = 0.0


@dataclass(frozen=True, slots=True)
class Page:
    """One page in reading order. ``words`` may be empty (text formats have no boxes)."""

    number: int  # from 1
    text: str
    words: tuple[Word, ...] = ()
    width: float = 0.0
    height: float = 0.0
    image_share: float = 0.0  # 0..1 of the page covered by images
    source: str = "text"  # text | ocr
    sure: tuple[float, ...] = ()  # of each word, 0..1, where OCR read them
    bold: tuple[int, ...] = ()  # of text without boxes: numbers (from 0) of the first lines that are all bold


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader got out of one file. Nothing here is a guess about meaning.

    ``state`` is ``read``, ``no_text`` (a scan), ``encrypted``, ``unreadable``,
    ``kept`` (a kind we keep and name but do not read). ``text`` is NFC, after
    conversion of legacy fonts; ``converted_from`` names them ("vni", "tcvn3").
    """

    media_type: str
    state: str
    text: str = ""
    pages: tuple[Page, ...] = ()
    page_count: int = 0
    converted_from: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """One field: its value, how sure (0..1), and where it was seen."""

    value: T
    confidence: float
    where: str


@dataclass(frozen=True, slots=True)
class RecipientEntry:
    """One entry of a recipient block, as written (one bullet, or one addressee).

    ``kind``: ``named`` (units, groups, people), ``reference`` ("Như trên",
    "Như Điều 2"), ``archive`` ("Lưu: VT").
    """

    text: str
    kind: str = "named"
    purpose: str = ""  # "b/c", "t/h", ... as written without brackets
    copies: int | None = None


@dataclass(frozen=True, slots=True)
class Fields:
    """What a document says of itself. Every field is optional; nothing is invented."""

    symbol: Found[str] | None = None  # number and symbol as printed, NFC, blanks dropped: 21/2005/CT-UBND
    date: Found[datetime.date] | None = None  # the module's name, because the field hides the type's
    place: Found[str] | None = None
    issuer: Found[str] | None = None  # name as printed, one line
    parent_issuer: Found[str] | None = None
    type: Found[str] | None = None  # Vietnamese name: "Chỉ thị"
    subject: Found[str] | None = None
    signer: Found[str] | None = None
    signer_title: Found[str] | None = None
    urgency: Found[Urgency] | None = None
    addressees: tuple[RecipientEntry, ...] = ()  # Kính gửi
    recipients: tuple[RecipientEntry, ...] = ()  # Nơi nhận, in order, the archive entry included
    secrecy: Found[str] | None = None  # MẬT, TỐI MẬT, TUYỆT MẬT on a line of its own
    draft: bool = False  # the text says DỰ THẢO
    blank_number: bool = False  # "Số:      /QĐ-UBND": a number is due
    normative: bool = False
    symbol_rest: str = ""  # what follows a number left blank or unread: "/QĐ-UBND"
    unread: tuple[str, ...] = ()  # fields that stand on a scan but could not be read: "symbol", "date"
    look_at: tuple[
        float, ...
    ] = ()  # left, top, right, bottom in shares of a scan's first page: where to look


@dataclass(frozen=True, slots=True)
class FileReading:
    """One file of a parcel after reading and identification.

    ``path`` is where the child wrote the bytes, relative to its job folder. Of a scan: ``searchable``
    is where its searchable copy lies, ``start_page`` is its first page in a batch of several letters,
    ``unit`` what the separator sheet before it says.
    """

    name: str  # as the sender wrote it, NFC, cleaned by the gate; data, never a path
    path: str
    size: int
    reading: Reading
    fields: Fields
    inline: bool = False  # shown in the body: signature images and the like
    searchable: str = ""
    start_page: int = 1
    unit: str = ""


@dataclass(frozen=True, slots=True)
class MailHeaders:
    """The few headers the hub looks at, decoded, cleaned and capped."""

    subject: str = ""
    from_address: str = ""
    from_name: str = ""
    sender_address: str = ""
    reply_to: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    date: str = ""  # as written
    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    automatic: str = ""  # why it is automatic mail ("auto-submitted", "list", "bounce", ...), or ""
    hops: int = 0
    failures: tuple[Failure, ...] = ()  # of a bounce: the addresses that were not reached


@dataclass(frozen=True, slots=True)
class ParcelReading:
    """A whole parcel after reading: a mail with its files, or one scanned file.

    ``body`` is the mail's own text; when there is no file that can be a
    document, the body is the document and stands in ``files`` as its only entry.
    """

    headers: MailHeaders | None
    body: str
    files: tuple[FileReading, ...]
    warnings: tuple[str, ...] = ()
    package: Package | None = None  # the edXML among them, without its files
    status: StatusMessage | None = None  # or an edXML message about a document that was sent
    inside: tuple[tuple[str, str], ...] = ()  # subject and first words of what lies inside: mails, folders
