"""What a mail says about mails that did not arrive, gathered from its parts for ``rules.bounce``."""

from collections.abc import Sequence

from connectors.readers.charset import nfc
from connectors.readers.headers import Block, header_text
from connectors.readers.html import text_of
from connectors.readers.parts import Part
from rules.bounce import complained, failures, is_bounce
from rules.values.bounce import Failure

_REPORTS = ("message/delivery-status", "message/global-delivery-status")
_FEEDBACK = "message/feedback-report"
_TEXTS = ("text/plain", "text/html")
_MOST_CHARS = 60_000
_MOST_BYTES = 4 * _MOST_CHARS
_NAMED = ("x-failed-recipients", "x-failed-recipient", "x-failedrecipients")


def read(
    header: Block, leaves: Sequence[Part], own: Sequence[str], reason: str
) -> tuple[str, tuple[Failure, ...]]:
    """(why the mail is automatic, the addresses that failed); ``reason`` is what its marks alone say."""
    if reason not in ("", "bounce", "list", "auto-submitted"):
        return reason, ()
    reports = [nfc(leaf.text(_MOST_BYTES)) for leaf in leaves if leaf.media_type in _REPORTS]
    complaints = [nfc(leaf.text(_MOST_BYTES)) for leaf in leaves if leaf.media_type == _FEEDBACK]
    if complaints:
        return "bounce", complained(complaints, _returned(leaves))
    text = _text(leaves)
    mine = frozenset(address.lower() for address in own)
    named = [header_text(value) for name in _NAMED for value in header.all(name)]
    found = failures(reports, named, text, mine)
    if reason != "bounce" and not is_bounce(header.text("from"), header.text("subject"), text, found):
        return reason, ()
    return "bounce", found


def _text(leaves: Sequence[Part]) -> str:
    """What the other system wrote: texts before the returned mail."""
    texts = []
    for leaf in leaves:
        if leaf.media_type.startswith("message/rfc822") or leaf.media_type == "text/rfc822-headers":
            break
        broken = leaf.media_type.startswith("multipart/")  # its boundary was lost, so its parts are one text
        if (leaf.media_type in _TEXTS or broken) and not leaf.name:
            text = leaf.text(_MOST_BYTES)[:_MOST_CHARS]
            texts.append(text_of(text) if leaf.media_type == "text/html" else text)
    return nfc("\n".join(texts))[:_MOST_CHARS]


def _returned(leaves: Sequence[Part]) -> str:
    """The head of the mail that came back."""
    for leaf in leaves:
        if leaf.media_type.startswith("message/rfc822") or leaf.media_type == "text/rfc822-headers":
            return nfc(leaf.text(_MOST_BYTES)[:_MOST_CHARS])
    return ""
