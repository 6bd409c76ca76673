"""Is a mail automatic: never registered, never answered (SEMANTICS; RFC 3834, 3464, 8098).

Only marks that a program sets are taken as proof; subjects alone are not,
except for the phrases that programs put in front of them: out of office, and
"Undeliverable" where a postmaster says it.
"""

import re

from connectors.readers.headers import Block, Parameters

_ANSWERS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-vacation", "x-mail-autoreply")
_LIST_FIELDS = ("list-id", "list-post", "x-mailing-list", "mailing-list")
_AWAY = re.compile(
    r"^\s*(?:automatic reply|auto(?:matic|mated)?[- ]?(?:reply|response)|"
    r"(?:out of (?:the )?office|(?:thư )?trả lời tự động|tự động trả lời|vắng mặt|đi vắng|ngoài văn phòng|"
    r"không có mặt (?:tại|ở) (?:văn phòng|cơ quan))(?: auto-?reply)?\s*(?:[:–-]|$))",
    re.IGNORECASE,
)
_READ = re.compile(
    r"^\s*(?:đã đọc|không đọc|đã chuyển|read|not read|delivered|return receipt)\s*:", re.IGNORECASE
)
_DAEMON = re.compile(r"<?(mailer-daemon|postmaster@\S+ \(mail delivery)", re.IGNORECASE)
_POSTMASTER = re.compile(r"(?:^|[<\s\"])post_?master@|system administrator", re.IGNORECASE)
_RETURNED = re.compile(
    r"^\s*(undeliver|returned mail|failure notice|mail (system error|delivery fail)|"
    r"delivery (status|fail)|non.?delivery)",
    re.IGNORECASE,
)
_RECEIPT_PART = "message/disposition-notification"
_BOUNCE_PARTS = ("message/delivery-status", "message/global-delivery-status")


def why(header: Block, kind: Parameters, leaf_types: tuple[str, ...], subject: str) -> str:
    """The reason in one word, or "" for mail that a person wrote."""
    if header.raw("x-hub-loop") and header.token("auto-submitted") != "no":  # "no": a document of another hub
        return "loop"
    reported = _report(header, kind, leaf_types) or _read(header, leaf_types, subject)
    away = _away(header, leaf_types, subject)
    return reported or away or _returned(header, kind) or _declared(header)


def _report(header: Block, kind: Parameters, leaf_types: tuple[str, ...]) -> str:
    report = kind.values.get("report-type", "").lower()
    if report == "disposition-notification" or _RECEIPT_PART in leaf_types:
        return "receipt"
    if report == "delivery-status" or any(part in leaf_types for part in _BOUNCE_PARTS):
        return "bounce"
    return ""


def _returned(header: Block, kind: Parameters) -> str:
    null_path = header.raw("return-path").strip() == b"<>"
    if null_path or header.raw("x-failed-recipients") or _DAEMON.search(header.text("from")[:400]):
        return "bounce"
    returned = _POSTMASTER.search(header.text("from")[:400]) and _RETURNED.match(header.text("subject")[:100])
    return "bounce" if kind.main == "multipart/report" or returned else ""


def _declared(header: Block) -> str:
    submitted = header.token("auto-submitted")
    if submitted and submitted != "no":
        return "auto-submitted"
    precedence = header.token("precedence")
    if any(header.raw(name) for name in _LIST_FIELDS) or precedence in ("list", "bulk", "junk"):
        return "list"
    return "vacation" if precedence == "auto_reply" else ""


def _away(header: Block, leaf_types: tuple[str, ...], subject: str) -> str:
    answered = any(header.raw(name) for name in _ANSWERS)
    return "vacation" if answered or (_AWAY.match(subject) and _brings_nothing(leaf_types)) else ""


def _read(header: Block, leaf_types: tuple[str, ...], subject: str) -> str:
    """As Exchange words a receipt where its form was lost on the way."""
    answers = header.raw("in-reply-to") or header.raw("references")
    return "receipt" if answers and _READ.match(subject) and _brings_nothing(leaf_types) else ""


def _brings_nothing(leaf_types: tuple[str, ...]) -> bool:
    """Words and at most a logo: what brings a file was written by a person, whatever its subject says."""
    return all(name.startswith(("text/", "image/")) or name == "application/ms-tnef" for name in leaf_types)
