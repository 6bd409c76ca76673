"""Which of our mails say that no person wrote them (RFC 3834)."""

from rules.values.directory import is_outside
from rules.vocabulary import MailKind


def is_personal(kind: MailKind, receiver: str) -> bool:
    """Only the document itself, for a body outside, because its own hub has to register a person's act.

    Every other mail is automatic, because two hubs, or a hub and a leave notice,
    must never talk to each other (PROMISES S7).
    """
    return kind == MailKind.DOCUMENT and is_outside(receiver)
