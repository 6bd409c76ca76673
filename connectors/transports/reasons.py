"""Why a delivery did not go through, in words a clerk understands.

An outcome's ``why`` is one of these, and after a colon the peer's own words
where there are any. The hub translates the part before the colon.
"""

import re


def N_(text: str) -> str:
    """Marks a text for the hub's catalogue; connectors know no languages."""
    return text


BAD_ADDRESS = N_("not a mail address")
NO_MAILBOX_PATH = N_("not a mailbox of this hub")
DISK_FULL = N_("the disk is full")
DISK_ERROR = N_("the mailbox cannot be written")
NO_SMARTHOST = N_("no mail server is configured for addresses outside this hub")
NO_UTF8 = N_("the mail server takes no addresses with accents")
NUL_OCTET = N_("the mail holds a NUL octet")
UNREACHABLE = N_("the mail server cannot be reached")
CERTIFICATE = N_("the mail server's certificate is not valid")
NO_STARTTLS = N_("the mail server offers no encryption")
CLEAR_TEXT = N_("the mail server is not on this machine and nothing may go out in clear text")
LOG_IN = N_("the mail server refused the log-in")
LOST = N_("the connection was lost")
LOST_AT_END = N_("the connection was lost before the last answer; the mail may have arrived")
NOT_NOW = N_("the mail server asks to try later")
STRANGE = N_("the mail server gave an answer that makes no sense")
REFUSED = N_("the mail server refused it")
NO_HOOK = N_("no webhook is configured for this unit")
HOOK_AWAY = N_("the unit's software cannot be reached")
HOOK_LATER = N_("the unit's software asks to try later")
HOOK_REFUSED = N_("the unit's software refused it")
CHAT_BUSY = N_("the chat service asks to wait")
CHAT_CLOSED = N_("the chat takes no messages from the hub")
CHAT_TOKEN = N_("the chat service does not know the hub's token")
CHAT_AWAY = N_("the chat service cannot be reached")

_BY_STATUS = {  # RFC 3463, RFC 7505
    "1.1": N_("there is no such mailbox"),
    "1.2": N_("there is no such mail domain"),
    "1.10": N_("the domain takes no mail"),
    "2.1": N_("the mailbox is closed"),
    "2.2": N_("the mailbox is full"),
    "2.3": N_("the mail is too large"),
    "3.4": N_("the mail is too large"),
    "4.6": N_("the mail goes round in a circle"),
    "7.27": N_("our own domain takes no mail, so the receiver's server does not allow it"),
    "7.1": N_("the receiver's server does not allow it"),
}
_BY_CODE = {551: _BY_STATUS["1.1"], 552: _BY_STATUS["2.3"], 556: _BY_STATUS["1.10"]}
_STATUS = re.compile(r"5\.(\d{1,3}\.\d{1,3})\b")


def for_refusal(code: int, text: str) -> str:
    """The words for a permanent reply: by its enhanced status code (RFC 3463), else by the plain one."""
    status = _STATUS.match(text)
    known = _BY_STATUS.get(status[1]) if status else None
    return known or _BY_CODE.get(code, REFUSED)


def with_answer(words: str, code: int, text: str) -> str:
    return f"{words}: {code} {text}".rstrip()
