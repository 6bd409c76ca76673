"""Words with which mail systems say why a mail came back, where they give no status (RFC 3463)."""

import re

_WILD: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(words), status)
    for words, status in (
        (r"user (?:is )?unknown|no such (?:user|mailbox|recipient)|unknown (?:user|recipient|mailbox)|"
         r"(?:mailbox|address|recipient)[^.\n]{0,40}(?:not found|does not exist|doesn't exist|unavailable)|"
         r"không tồn tại|khong ton tai|invalid (?:recipient|mailbox)", "5.1.1"),
        (r"(?:host|domain)[^.\n]{0,40}not found|unrouteable|no mx|bad destination", "5.1.2"),
        (r"mailbox (?:is )?full|over ?quota|quota exceeded|hộp thư (?:đã )?đầy|exceeded storage", "5.2.2"),
        (r"(?:account|mailbox)[^.\n]{0,30}(?:disabled|inactive|suspended)|bị khóa", "5.2.1"),
        (r"message (?:is )?too (?:large|big)|size limit|exceeds maximum", "5.3.4"),
        (r"spam|blocked|blacklist|policy|rejected by", "5.7.1"),
    )
)  # fmt: skip


def status_by_words(text: str) -> str:
    """The status that the words mean ("5.1.1": no such mailbox), "" where they say none."""
    lower = text.lower()
    return next((status for pattern, status in _WILD if pattern.search(lower)), "")
