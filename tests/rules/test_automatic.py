"""Which of our mails are a person's act (RFC 3834, PROMISES S7)."""

import pytest

from rules.automatic import is_personal
from rules.vocabulary import MailKind


@pytest.mark.parametrize(
    ("kind", "receiver", "personal"),
    [
        (MailKind.DOCUMENT, "outside:btp", True),
        (MailKind.DOCUMENT, "sotuphap", False),
        (MailKind.DOCUMENT, "gazette", False),
        *((kind, "outside:btp", False) for kind in MailKind if kind is not MailKind.DOCUMENT),
    ],
)
def test_only_a_document_for_a_body_outside_is_no_automatic_mail(
    kind: MailKind, receiver: str, personal: bool
) -> None:
    assert is_personal(kind, receiver) is personal
