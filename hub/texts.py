"""Every short text that a person reads outside the templates (gettext).

Source strings are English and stand in the code; the Vietnamese catalogue is
complete (a test compares them). It is read from the .po file when the process
first speaks Vietnamese, in a millisecond: nothing compiled is committed that
could be out of date. English needs no catalogue, it would only repeat the code.
"""

import gettext
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from functools import lru_cache
from pathlib import Path

from rules.values.routing import Because
from rules.vocabulary import (
    ArrivalState,
    BookMode,
    DeliveryRole,
    DeliveryState,
    Direction,
    DocumentStatus,
    Handling,
    Role,
    RuleSetState,
    SenderVerdict,
    UnitKind,
    Urgency,
)

LANGUAGES = ("vi", "en")
CATALOGUES = Path(__file__).resolve().parent.parent / "templates" / "locale"

# A comment, an empty line, or a quoted text with or without its field; escapes are those of JSON.
_LINE = re.compile(
    r'#.*|(?:(?P<field>msgid|msgid_plural|msgstr|msgstr\[0\])[ ])?(?P<text>"(?:[^"\\]|\\.)*")|'
)

_process_language = "vi"
_asked_for = False  # whether the person at the terminal named the language
_block_language: ContextVar[str | None] = ContextVar("block_language", default=None)


def use(language: str) -> None:
    """Speak this language in the whole process. Raises ValueError for one we do not have."""
    global _process_language
    _process_language = _known(language)


def use_environment(environment: Mapping[str, str] = os.environ) -> None:
    """Speak the language of the terminal; where it names none, that of the configuration counts."""
    global _asked_for
    language = from_environment(environment)
    _asked_for = language is not None
    if language is not None:
        use(language)


def prefer(language: str) -> None:
    """Speak the organisation's language, unless the terminal named another."""
    if not _asked_for:
        use(language)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak this language inside the block only (one mail, one web request)."""
    token = _block_language.set(_known(language))
    try:
        yield
    finally:
        _block_language.reset(token)


def current() -> str:
    return _block_language.get() or _process_language


def from_environment(environment: Mapping[str, str] = os.environ) -> str | None:
    """The language of the command line, as gettext does: LC_ALL, LC_MESSAGES, LANG; None when unsaid."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name, "")
        if value:
            language = value.split(".")[0].split("_")[0].lower()
            return language if language in LANGUAGES else ("en" if language in ("c", "posix") else None)
    return None


def _(text: str) -> str:
    return _catalogue(current()).gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    return _catalogue(current()).ngettext(one, many, count)


def N_(text: str) -> str:
    """Marks a text for the catalogue where it stands in a table and is translated later."""
    return text


# By enum class first, because members of different StrEnums with one value are equal.
WORDS: Mapping[type[Enum], Mapping[object, str]] = {
    RuleSetState: {
        RuleSetState.DRAFT: N_("draft"),
        RuleSetState.PUBLISHED: N_("in force"),
        RuleSetState.WITHDRAWN: N_("withdrawn"),
    },
    Direction: {Direction.OUTGOING: N_("outgoing"), Direction.INCOMING: N_("incoming")},
    Urgency: {
        Urgency.NORMAL: N_("normal"),
        Urgency.URGENT: N_("urgent"),
        Urgency.VERY_URGENT: N_("very urgent"),
        Urgency.EXPRESS: N_("express"),
        Urgency.EXPRESS_TIMED: N_("express, timed"),
    },
    DeliveryRole: {
        DeliveryRole.MAIN: N_("main"),
        DeliveryRole.COORDINATING: N_("co-ordinating"),
        DeliveryRole.INFORMATION: N_("for information"),
    },
    DeliveryState: {
        DeliveryState.PLANNED: N_("planned"),
        DeliveryState.HELD: N_("held"),
        DeliveryState.SENDING: N_("being sent"),
        DeliveryState.DEFERRED: N_("will be tried again"),
        DeliveryState.SENT: N_("sent"),
        DeliveryState.DELIVERED: N_("delivered"),
        DeliveryState.FAILED: N_("failed"),
        DeliveryState.CANCELLED: N_("cancelled"),
    },
    Handling: {
        Handling.ARRIVED: N_("arrived"),
        Handling.REFUSED: N_("refused"),
        Handling.RECEIVED: N_("received"),
        Handling.ASSIGNED: N_("assigned"),
        Handling.IN_HAND: N_("in hand"),
        Handling.DONE: N_("done"),
        Handling.RECALL_ASKED: N_("recall asked"),
        Handling.RECALL_AGREED: N_("recall agreed"),
        Handling.RECALL_REFUSED: N_("recall refused"),
    },
    DocumentStatus: {
        DocumentStatus.REVIEW: N_("to be reviewed"),
        DocumentStatus.REGISTERED: N_("registered"),
        DocumentStatus.ROUTED: N_("routed"),
        DocumentStatus.HELD: N_("held"),
        DocumentStatus.REFUSED: N_("refused"),
        DocumentStatus.RECALLED: N_("recalled"),
        DocumentStatus.VERSION: N_("version of another"),
        DocumentStatus.SAME: N_("another once more"),
    },
    ArrivalState: {
        ArrivalState.RECEIVED: N_("not yet read"),
        ArrivalState.REGISTERED: N_("registered"),
        ArrivalState.KNOWN: N_("known already"),
        ArrivalState.REVIEW: N_("to be reviewed"),
        ArrivalState.QUARANTINE: N_("locked"),
        ArrivalState.ANSWER: N_("an answer"),
        ArrivalState.MAIL: N_("mail between people"),
        ArrivalState.AUTOMATIC: N_("automatic mail"),
        ArrivalState.REFUSED: N_("refused"),
    },
    SenderVerdict: {
        SenderVerdict.AUTHENTICATED: N_("logged in"),
        SenderVerdict.ALIGNED: N_("domain verified"),
        SenderVerdict.UNVERIFIED: N_("not verified"),
        SenderVerdict.FORGED: N_("forged"),
    },
    BookMode: {BookMode.BORNE: N_("on the document"), BookMode.HUB: N_("given by the hub")},
    Role: {
        Role.CLERK: N_("clerk"),
        Role.LEADER: N_("leader"),
        Role.SPECIALIST: N_("specialist"),
        Role.COORDINATOR: N_("coordinator"),
        Role.ADMINISTRATOR: N_("administrator"),
        Role.AUDITOR: N_("auditor"),
    },
    UnitKind: {
        UnitKind.COMMITTEE: N_("people's committee"),
        UnitKind.OFFICE: N_("office"),
        UnitKind.DEPARTMENT: N_("department"),
        UnitKind.BOARD: N_("board"),
        UnitKind.BRANCH: N_("branch"),
        UnitKind.CENTRE: N_("centre"),
        UnitKind.DISTRICT: N_("district"),
        UnitKind.COMMUNE: N_("commune"),
        UnitKind.PARTY_BODY: N_("party body"),
        UnitKind.COUNCIL: N_("council"),
        UnitKind.ROOM: N_("room"),
        UnitKind.COMPANY: N_("company"),
        UnitKind.OTHER: N_("other"),
    },
}


def word(value: Enum, language: str | None = None) -> str:
    """The word people use for a member of the vocabulary, in this or the current language."""
    return _catalogue(language or current()).gettext(WORDS[type(value)][value])


# How a party became a receiver (rules.values.routing.Because.kind), for mails to people.
_BECAUSE: Mapping[str, str] = {
    "block": N_("the recipient block says “{text}”"),
    "addressee": N_("it is addressed to “{text}”"),
    "intake": N_("it was mailed to {text}"),
    "successor": N_("your office follows: {text}"),
    "person": N_("it names {text}"),
    "rule": N_("rule {rule}"),
    "own": N_("it is its own document: {text}"),
}


def because(reason: Because) -> str:
    """One path by which a party became a receiver, as a person reads it."""
    rule = f"{reason.rule}@{reason.version}" + (f": {reason.text}" if reason.text else "")
    pattern = _BECAUSE.get(reason.kind)
    return _(pattern).format(text=reason.text, rule=rule) if pattern else reason.words()


def outcome(why: str) -> str:
    """Why a delivery failed or waits, for a person: our words translated, the peer's own kept as they are."""
    words, colon, answer = why.partition(": ")
    return _(words) + colon + answer


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise ValueError(f"no texts in language {language!r}")
    return language


class _Catalogue(gettext.NullTranslations):
    """Texts of a language with one form for every count, as Vietnamese has."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        super().__init__()
        self._texts = texts

    def gettext(self, message: str) -> str:
        return self._texts.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self._texts.get(msgid1) or super().ngettext(msgid1, msgid2, n)


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    path = CATALOGUES / language / "LC_MESSAGES" / "vanthu.po"
    return _Catalogue(read_catalogue(path.read_text("utf-8")))


def read_catalogue(source: str) -> dict[str, str]:
    """The texts of a .po file: original -> translation. ValueError for a line that is not of its form.

    Babel reads the same (a test compares the two) but takes 100 ms to import,
    which everybody would feel at each command.
    """
    entries: list[dict[str, str]] = []
    field = ""
    for line in source.splitlines():
        found = _LINE.fullmatch(line.strip())
        if found is None:
            raise ValueError(f"not a line of a catalogue: {line[:100]!r}")
        if found["field"] == "msgid":
            entries.append({})
        field = found["field"] or field
        if found["text"] is not None:
            entries[-1][field] = entries[-1].get(field, "") + json.loads(found["text"])
    return {e["msgid"]: e.get("msgstr") or e["msgstr[0]"] for e in entries if e["msgid"]}
