"""Bounces: is a mail one, and whose address failed (RFC 3464, 3463; and what other systems write instead).

The machine-readable part is believed before the text. In the text an address counts
where it stands as such systems put it: alone on a line, before a colon, or in a
sentence that says that something was not delivered. The sender's own address,
which every bounce repeats, never counts.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from rules.bounce_words import status_by_words
from rules.values.bounce import Failure

_LONGEST = 60_000  # characters of a report that are looked at
_LONGEST_SENTENCE = 1000
_MOST = 100
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}"
_ADDRESS = re.compile(
    rf"(?<![\w.+@/-]){_LOCAL}@[A-Za-z0-9-]{{1,63}}(?:\.[A-Za-z0-9-]{{1,63}}){{0,8}}(?![\w@])"
)
_WHOLE = re.compile(rf"{_LOCAL}@[A-Za-z0-9.-]{{1,250}}")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY = re.compile(
    r"(?:\b(?:SMTP|ESMTP|error|code|said|reply|status|response)\b\W{0,12}|^\W{0,8}|"
    r"[:(<>\[]\s?)([45])\d\d[ \-#)\]]",
    re.IGNORECASE | re.MULTILINE,
)
_FIELD = re.compile(r"^([A-Za-z-]{2,40}):[ \t]*(.*(?:\n[ \t]+.*)*)", re.MULTILINE)
_DAEMONS = re.compile(
    r"mailer-?daemon|post_?master|mail(?:er)?[ -]?(?:delivery|system|administrator)|mail[_-]?service|"
    r"delivery (?:subsystem|system|service)|system administrator|mdaemon|mailsweeper|mailmarshal|"
    r"mail-?adm|internet mail|message router|(?:^|[<\"\s])(?:mail|smtp|root|uucp|no-?reply|bounces?)@|"
    r"amavis|antivirus|mailscanner",
    re.IGNORECASE,
)
_RETURNED = re.compile(
    r"undeliver|returned (?:mail|to sender)|return(?:ed|ing) (?:mail|message)|failure (?:notice|"
    r"notification|report)|"
    r"delivery (?:report|status|fail|problem|error|notif|has|of|delay|not|incomplete|unsuccessful)|"
    r"deliver(?:y|ed)? (?:failure|unsuccess)|"
    r"(?:failed|error|failure|problem|unsuccessful|could not|unable|not|"
    r"impossible)\W+(?:\w+\W+){0,3}deliver|"
    r"non.?deliver|mail (?:system )?(?:error|failure|fail)|message (?:status|delay|reject|could|"
    r"undeliver|failure)|delayed (?:mail|\d)|"
    r"(?:mail|message|email) (?:could|was|is|has|not)\b.{0,30}(?:deliver|reject|return|delay|sent)|"
    r"warning: (?:message|could|returned)|"
    r"user unknown|unknown user|mail box full|mailbox (?:full|unavailable|exceed)|over quota|rejected|"
    r"nondeliverable|"
    r"không (?:gửi|chuyển|phát) được|thư bị trả|gửi thư thất bại",
    re.IGNORECASE,
)
_NOT_DELIVERED = re.compile(
    r"undeliver|not (?:been |be |yet )*(?:delivered|deliverable|reached|found|accepted|sent|exist)|"
    r"couldn'?t|could ?n[o']t|cannot|can't|unable to|"
    r"fail|unknown|no such|does(?:n't| not)|rejected|refused|denied|disabled|invalid|unrecogni|inactive|"
    r"full|quota|exceed|rcpt to|recipient|bad address|illegal|not a (?:valid|known)|addressee|"
    r"unavailable|"
    r"error|deliver|expired|suspended|blocked|returned|problem|không tồn tại|không gửi được",
    re.IGNORECASE,
)
_COPY_BEGINS = re.compile(
    r"^(?:\W{0,40}(?:original message|returned (?:mail|message)|forwarded message|copy of (?:the|your)|"
    r"this is a copy|below (?:this line|is)|the (?:header|body) of|(?:message|mail) (?:header|text|body)|"
    r"unsent message|headers? (?:follow|of)|your (?:original )?message (?:follows|reads|was|begins)|"
    r"the (?:first|original) message|"
    r"included is|start of|returned text|original headers)\b|(?:received|return-path|message-id|"
    r"x-[\w-]+): )",
    re.IGNORECASE,
)
_ALONE = re.compile(
    rf"^[\s>*\-|:\"'(\[]*(?:(?:original-|final-)?recipient[\w ]*:|\(?expanded from:|rfc822;|smtp:|for|"
    rf"user:?)?\s*<?({_WHOLE.pattern})>?(?=[\s:;,.)\]\"'|(>]|$)",
    re.IGNORECASE,
)
_LIST_BEGINS = re.compile(
    r"(?:following|these|failed) (?:recipient|address|user)[^\n]{0,60}:?|permanent fatal errors[^\n]*|"
    r"recipient\(s\)[^\n]{0,40}:",
    re.IGNORECASE,
)
_TEMPORARY = re.compile(
    r"\b(?:delay(?:ed)?|still (?:being|trying)|will (?:be retried|retry|keep trying|continue)|"
    r"not yet been delivered|warning)\b",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"^(?:mailer-daemon|postmaster|abuse|support|help(?:desk)?|no-?reply|admin(?:istrator)?|webmaster)@",
    re.IGNORECASE,
)


def is_bounce(sender: str, subject: str, text: str, failed: Sequence[Failure]) -> bool:
    """Without a mark of the protocol: a mail system says that something was not delivered, and to whom."""
    head = subject[:200]
    daemon, returned = bool(_DAEMONS.search(sender[:400])), bool(_RETURNED.search(head))
    if daemon and (returned or failed):
        return bool(failed) or bool(_NOT_DELIVERED.search(text[:4000]))
    machine = re.match(r"\W*(?:fwd?|fw|re|chuyển tiếp|trả lời)\s*:", head, re.IGNORECASE) is None
    return (
        machine
        and returned
        and bool(failed)
        and bool(_RETURNED.search(text[:4000]) or _STATUS.search(text[:4000]))
    )


def failures(
    reports: Iterable[str], named: Iterable[str], text: str, own: frozenset[str]
) -> tuple[Failure, ...]:
    """The addresses that failed: from delivery-status parts, a header that names them, else the text.

    ``own``: addresses of who sent the mail that came back, in lower case.
    """
    found = [failure for report in reports for failure in _reported(report[:_LONGEST])]
    found = found or list(_reported(text[:_LONGEST]))
    written = _written(text[:_LONGEST])
    status, reason, delayed = (
        _status_in(written),
        _reason_in(written),
        bool(_TEMPORARY.search(written[:1500])),
    )
    if not found:
        addresses = list(islice(_addresses(" ".join(named)), _MOST))
        addresses = addresses or list(islice(_in_text(written, own), _MOST))
        found = [Failure(address, *_near(written, address, status, reason, delayed)) for address in addresses]
    return _each_once(found)


def complained(reports: Iterable[str], returned: str) -> tuple[Failure, ...]:
    """Who reported a mail as unwanted (RFC 5965): the report's recipient, else the returned mail's To."""
    found = []
    for report in reports:
        fields = _fields(report[:_LONGEST])
        named = fields.get("original-rcpt-to") or _fields(returned[:_LONGEST]).get("to", "")
        why = fields.get("feedback-type", "abuse")[:100]
        found += [Failure(address, text=why, complaint=True) for address in _addresses(named)]
    return _each_once(found)


def _each_once(found: Iterable[Failure]) -> tuple[Failure, ...]:
    once: dict[str, Failure] = {}
    for failure in found:
        once.setdefault(failure.address.lower(), failure)
    return tuple(once.values())[:_MOST]


# --- the machine-readable part (RFC 3464) -------------------------------------------


def _reported(text: str) -> Iterator[Failure]:
    """One failure per group of fields that names a recipient; what was delivered or relayed is none."""
    for group in re.split(r"\n[ \t]*\n", text.replace("\r", "")):
        fields = _fields(group)
        address = _recipient(fields)
        action = fields.get("action", "failed").lower().split(" ")[0]
        if not address or action in ("delivered", "relayed", "expanded"):
            continue
        told = fields.get("diagnostic-code", "")
        status = _STATUS.search(fields.get("status", ""))
        inner = _STATUS.search(told)
        value = status.group(1) if status else inner.group(1) if inner else ""
        if value.endswith(".0.0") and inner and inner.group(1)[0] == value[0]:
            value = inner.group(1)
        yield Failure(address, value, action == "delayed", told.partition(";")[2].strip()[:500] or told[:500])


def _fields(text: str) -> dict[str, str]:
    """The fields of a header block, the first of each name, on one line."""
    fields: dict[str, str] = {}
    for match in _FIELD.finditer(text.replace("\r", "")):
        fields.setdefault(match.group(1).lower(), " ".join(match.group(2).split()))
    return fields


def _recipient(fields: dict[str, str]) -> str:
    """The address as we wrote it, where the report still knows it."""
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        value = fields.get(name, "")
        value = value.partition(";")[2] or value
        if found := next(_addresses(value), ""):
            return found
    return ""


# --- the text ------------------------------------------------------------------------


def _written(text: str) -> str:
    """What the other system wrote, without the returned mail behind it."""
    lines = text.replace("\r", "").split("\n")
    named = False  # an address stands above, looked for once in each line
    for at, line in enumerate(lines):
        if at > 2 and named and _COPY_BEGINS.match(line):
            return "\n".join(lines[:at])
        named = named or _ADDRESS.search(line) is not None
    return text


def _in_text(text: str, own: frozenset[str]) -> Iterator[str]:
    """Addresses alone on a line first; else those in a sentence about delivery; else the few there are."""
    if (begins := _LIST_BEGINS.search(text)) and text[: begins.start()].count("@") < 8:
        below = list(_picked(text[begins.end() :], own))
        if below:
            yield from below
            return
    yield from _picked(text, own)


def _picked(text: str, own: frozenset[str]) -> Iterator[str]:
    lines = text.split("\n")
    alone: list[str] = []
    mine: list[str] = []
    said: list[str] = []
    rest: list[str] = []
    for at, line in enumerate(lines):
        found = [address for address in islice(_addresses(line), _MOST) if not _NOBODY.match(address)]
        if not found:
            continue
        match = _ALONE.match(line)
        told = _told_around(lines, at)
        for address in found:
            first = bool(match and match.group(1).strip(".").lower() == address.lower())
            if address.lower() in own:
                mine += [address] if first else []
            elif first:
                alone.append(address)
            else:
                (said if told else rest).append(address)
    yield from alone or said[:3] or mine or (rest if len(rest) <= 2 else [])


def _told_around(lines: Sequence[str], at: int) -> bool:
    """Whether a sentence near a line says that something was not delivered. Asked once a line and of so
    much of it, because a report may be one line of thousands of addresses."""
    around = " ".join(line[:_LONGEST_SENTENCE] for line in lines[max(0, at - 3) : at + 3])
    return _NOT_DELIVERED.search(around) is not None


def _addresses(text: str) -> Iterator[str]:
    for match in _ADDRESS.finditer(text):
        address = match.group().strip(".'`")
        if "@" in address and "." in address.partition("@")[2]:
            yield re.sub(r"^(?:mailto|rfc822|smtp)[:;=]", "", address, flags=re.IGNORECASE)


def _near(text: str, address: str, status: str, reason: str, delayed: bool) -> tuple[str, bool, str]:
    """Status and reason beside this address, else the mail's only ones."""
    at = text.find(address)
    after = text[at : at + 700] if at >= 0 else ""
    return _status_in(after) or status, delayed, _reason_in(after) or reason


def _status_in(text: str) -> str:
    if match := _STATUS.search(text):
        return match.group(1)
    if reply := _REPLY.search(text):
        return f"{reply.group(1)}.0.0"
    return status_by_words(text)


def _reason_in(text: str) -> str:
    """The first line with a status or with a word of failure."""
    lines = [" ".join(line.split()) for line in text.split("\n")]
    told = next((line for line in lines if _STATUS.search(line) or _REPLY.search(line)), "")
    return (told or next((line for line in lines if _NOT_DELIVERED.search(line)), ""))[:500]
