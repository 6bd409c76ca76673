"""The words everybody uses: one word for one thing, in the code as in the books.

Values are what the database stores and what ``--json`` prints; the words a
person reads come from the gettext catalogues.
"""

from enum import IntEnum, StrEnum


class Direction(StrEnum):
    """Which kind of book an entry stands in (ND30/2020 Art. 3)."""

    OUTGOING = "outgoing"  # văn bản đi
    INCOMING = "incoming"  # văn bản đến


class Urgency(IntEnum):
    """Mức độ khẩn, by its edXML code (ND30/2020 App. I III.2b)."""

    NORMAL = 0  # thường
    URGENT = 1  # khẩn
    VERY_URGENT = 2  # thượng khẩn
    EXPRESS = 3  # hỏa tốc
    EXPRESS_TIMED = 4  # hỏa tốc hẹn giờ


class UnitKind(StrEnum):
    COMMITTEE = "committee"  # Ủy ban nhân dân tỉnh
    OFFICE = "office"  # văn phòng
    DEPARTMENT = "department"  # sở
    BOARD = "board"  # ban, ban chỉ đạo, ban điều hành
    BRANCH = "branch"  # ngành, cơ quan ngang sở
    CENTRE = "centre"  # trung tâm, đơn vị sự nghiệp
    DISTRICT = "district"  # UBND huyện, thị xã (to 30 June 2025)
    COMMUNE = "commune"  # UBND xã, phường (directly below the province from 1 July 2025)
    PARTY_BODY = "party_body"  # cơ quan Đảng
    COUNCIL = "council"  # HĐND, Đoàn ĐBQH
    ROOM = "room"  # phòng trong một cơ quan
    COMPANY = "company"  # any other organisation's office
    OTHER = "other"


class NameKind(StrEnum):
    """What a further name of a party is."""

    OTHER = "other"  # tên khác: another way to write it, an abbreviation
    OFFICIAL = "official"  # tên chính thức: what it was called in these days
    SYMBOL = "symbol"  # ký hiệu: its body in document symbols in these days


class Role(StrEnum):
    CLERK = "clerk"  # văn thư
    LEADER = "leader"  # lãnh đạo
    SPECIALIST = "specialist"  # chuyên viên
    COORDINATOR = "coordinator"  # điều phối (edits rules)
    ADMINISTRATOR = "administrator"  # quản trị
    AUDITOR = "auditor"  # kiểm tra: reads everything, changes nothing


class PartyKind(StrEnum):
    UNIT = "unit"
    PERSON = "person"
    OUTSIDE = "outside"
    GAZETTE = "gazette"


class SenderVerdict(StrEnum):
    """Who sent it, decided once per arrival (SEMANTICS, Who sent it)."""

    AUTHENTICATED = "authenticated"
    ALIGNED = "aligned"
    UNVERIFIED = "unverified"
    FORGED = "forged"


class ArrivalState(StrEnum):
    RECEIVED = "received"  # stored, not yet read
    REGISTERED = "registered"  # became a document, or a further file of one
    KNOWN = "known"  # the document was there already
    REVIEW = "review"  # waits for the unit's clerk
    QUARANTINE = "quarantine"  # locked, an administrator decides
    ANSWER = "answer"  # a reply that says what a receiver did with a document
    MAIL = "mail"  # between people, passed on
    AUTOMATIC = "automatic"  # bounce, receipt, out-of-office, list mail
    REFUSED = "refused"  # a person refused it, with a reason


class DocumentStatus(StrEnum):
    REVIEW = "review"  # waits for a clerk, has no number
    REGISTERED = "registered"  # has its entry, waits for routing
    ROUTED = "routed"  # deliveries are planned
    HELD = "held"  # a rule holds all of it for a coordinator
    REFUSED = "refused"
    RECALLED = "recalled"
    VERSION = "version"  # its content went on as a version of another document
    SAME = "same"  # it is another document once more: its files went there as further proofs


class DeliveryState(StrEnum):
    """What the hub did with a delivery."""

    PLANNED = "planned"
    HELD = "held"
    SENDING = "sending"
    DEFERRED = "deferred"
    SENT = "sent"  # a smarthost took it; no more is known
    DELIVERED = "delivered"  # in the mailbox, or a positive DSN
    FAILED = "failed"
    CANCELLED = "cancelled"


class Handling(StrEnum):
    """What the receiver did, by the national code (DOMAIN 6.3)."""

    ARRIVED = "01"
    REFUSED = "02"
    RECEIVED = "03"
    ASSIGNED = "04"
    IN_HAND = "05"
    DONE = "06"
    RECALL_ASKED = "13"
    RECALL_AGREED = "15"
    RECALL_REFUSED = "16"


class DeliveryRole(StrEnum):
    """Why a party gets a document; main beats co-ordinating beats information."""

    MAIN = "main"  # chủ trì, thực hiện
    COORDINATING = "coordinating"  # phối hợp
    INFORMATION = "information"  # để biết


class MailKind(StrEnum):
    """What one row of the delivery ledger carries."""

    DOCUMENT = "document"
    RECEIPT = "receipt"
    NOTICE = "notice"  # e.g. the daily head of the journal
    POST = "post"  # mail between people, passed on as it is


class FileRole(StrEnum):
    MAIN = "main"
    ANNEX = "annex"
    COVER = "cover"
    RAW = "raw"  # the mail as it came


class Accept(StrEnum):
    """How a unit takes documents into its incoming book."""

    AUTO = "auto"
    CLERK = "clerk"


class BookMode(StrEnum):
    BORNE = "borne"  # the document bears its number
    HUB = "hub"  # the hub gives the number


class StepState(StrEnum):
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    PARKED = "parked"
    DROPPED = "dropped"


class RuleSetState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class WaitingList(StrEnum):
    """The lists in which something waits for a person (parked steps are the fourth)."""

    REVIEW = "review"  # the unit's clerk
    HOLD = "hold"  # a coordinator
    QUARANTINE = "quarantine"  # an administrator
