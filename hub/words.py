"""Codes that the hub keeps, in the words people use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hub.texts import N_, _, because
from rules.values.routing import Because
from rules.vocabulary import Direction

# Why something waits, was set aside or was not read. tests/hub/test_words.py finds every code that the
# other folders can produce and says which one has no words here.
REASONS = {
    # a clerk is asked (rules.records.admission, rules.records.twins, hub.register)
    "sender-unverified": N_("the sender could not be verified"),
    "sender-forged": N_("it claims an address of this organisation, but came without log-in"),
    "clerk-must-confirm": N_("the unit's clerk must confirm it"),
    "draft": N_("it is marked as a draft"),
    "signed-without-number": N_("it is signed but bears no number"),
    "symbol-missing": N_("number and symbol were not found"),
    "symbol-unsure": N_("number and symbol are not readable with certainty"),
    "date-missing": N_("the date was not found"),
    "date-unsure": N_("the date is not readable with certainty"),
    "type-missing": N_("the type was not found"),
    "type-unsure": N_("the type is not readable with certainty"),
    "subject-missing": N_("the subject was not found"),
    "subject-unsure": N_("the subject is not readable with certainty"),
    "issuer-missing": N_("the issuer was not found"),
    "same-number-other-text": N_("a document with this number and another text is registered"),
    "recalled-before": N_("its sender asked for this document back before"),
    "number-used-before": N_("the issuer used this number in this year already"),
    "number-taken": N_("the number stands in the book already"),
    "number-borne": N_("the hub numbers the documents of this unit, but this one bears a number"),
    "book-closed": N_("the book of that year is closed"),
    "not-an-intake": N_("it was sent to an address where people answer, not to an intake address"),
    "wrong-folder": N_("what it says of its issuer does not fit the folder it was scanned into"),
    "scan-unread": N_("it is a scan that could not be read; vanthu doctor says what is missing"),
    "file-encrypted": N_("the file is protected by a password; please send it without"),
    "file-program": N_("a file is a program or is run when somebody opens it; do not pass it on unseen"),
    "symbol-unread": N_("the number on the scan cannot be read with certainty, perhaps it is handwritten"),
    "date-unread": N_("the date on the scan cannot be read with certainty, perhaps it is handwritten"),
    "reply": N_("it answers a mail and brings no file of its own"),
    "sheet-unit": N_("the separator sheet names a unit that cannot receive it from this folder"),
    # an administrator is asked
    "secrecy-mark": N_("it bears a secrecy mark"),
    "mark-in-subject": N_("in the subject"),
    "mark-in-file-name": N_("in the name of a file"),
    "mark-inside": N_("on a mail or a folder that lies inside"),
    "mark-in-document": N_("at the head of a document"),
    "mark-in-text": N_("in the first lines of the mail"),
    "infected": N_("the antivirus found malware"),
    "two-from": N_("it has two From headers, so nobody can say who wrote it"),
    # a coordinator is asked (rules.identify.recipients, rules.routing.place, hub.route, hub.deliver)
    "rule": N_("a rule holds it"),
    "no-numbered-copy": N_("no copy that bears the number could be made"),
    "delivery-failed": N_("it could not be delivered"),
    "no-address": N_("no address is known"),
    "unknown": N_("nobody by this name is known"),
    "not-then": N_("there was nothing by this name on the document's day"),
    "ambiguous": N_("several go by this name"),
    "no-addressees": N_("it says “as above”, but nobody is addressed above"),
    "article": N_("it points to an article that could not be found in the text"),
    "invited": N_("those invited are listed in the text; say who they are"),
    "no-post": N_("this person held no post on that day"),
    "empty-group": N_("the group had no members on that day"),
    "unknown_party": N_("the directory does not know it"),
    "not_valid_yet": N_("the unit does not exist yet"),
    "nobody_in_this_role": N_("nobody holds this role in the unit"),
    "closed_without_successor": N_("the unit was closed and has no successor"),
    "person_without_post": N_("this person holds no post today"),
    "not_in_or_below_unit": N_("a unit's rules reach only itself and what is below it"),
    # a mail on another server that was set aside (connectors.sources.imap)
    "too-large": N_("it is larger than the hub takes"),
    "no-body": N_("the server gives no content"),
    "no-answer": N_("the server does not answer about this mail"),
    "partial-answer": N_("the server gives only a part of it"),
    "cut": N_("the connection breaks whenever it is fetched"),
    "server-error": N_("the server answers with an error"),
    # automatic mail (connectors.readers.automatic)
    "loop": N_("a mail of a hub came back"),
    "receipt": N_("a read receipt"),
    "bounce": N_("a bounce"),
    "null-sender": N_("it names no sender to whom anything could be answered"),
    "auto-submitted": N_("a program sent it"),
    "list": N_("it came over a mailing list"),
    "vacation": N_("an out-of-office reply"),
    # packages and statuses of other systems (hub.exchange)
    "edxml-broken": N_("the edXML package is broken"),
    "edxml-unknown-sender": N_("nobody of the directory has this organisation id"),
    "edxml-unknown-code": N_("a status code that nobody has told us about"),
    "edxml-unknown-document": N_("a status of a document that was not sent to this body"),
    "edxml-refused": N_("this status cannot follow the one before"),
    "edxml-status": N_("the receiver's system reports"),
    # answers that did nothing (hub.acknowledge)
    "answer-expired": N_("the address to answer to has expired or is not ours"),
    "not-understood": N_("the words are not understood; a clerk reads them"),
    # why there is no numbered copy (connectors.writers)
    "kind": N_("the hub cannot write into this kind of file"),
    "signed": N_("the file is signed"),
    "no-blank": N_("the room for the number was not found in the file"),
    "broken": N_("the file is broken"),
    "encrypted": N_("the file is encrypted"),
    "encoding": N_("the letters of the file are not Unicode"),
    "no-document-part": N_("the file holds no document"),
    "rotated": N_("the first page lies on its side"),
    "no-font": N_("this machine has no font with Vietnamese letters"),
    "crashed": N_("the program that writes it ended"),
    "dtd": N_("the file brings a document type of its own"),
    "broken-xml": N_("the file is broken"),
    "bomb-ratio": N_("the file unpacks to far too much"),
    "bomb-size": N_("the file unpacks to far too much"),
    "bomb-members": N_("the file has far too many parts"),
    "bomb-overlap": N_("the file's parts overlap"),
    # a parcel that could not be read (connectors.readers)
    "time-limit": N_("reading it took too long"),
    "cpu-limit": N_("reading it took too much computing"),
    "too-many-cells": N_("it has too many rows or columns"),
    "memory-limit": N_("reading it took too much memory"),
    "file-size-limit": N_("its parts are too large"),
}


def reason_text(code: str) -> str:
    """A reason in words; a sentence that a person or a rule wrote stays as it is."""
    return _(REASONS[code]) if code in REASONS else code


def reason_texts(codes: str) -> str:
    """Several codes with blanks between, as a review case keeps them, in words."""
    return "; ".join(reason_text(code) for code in codes.split())


def because_words(reasons: Sequence[Mapping[str, Any]]) -> str:
    """Every path by which a party became a receiver, in one line."""
    return "; ".join(because(Because(**reason)) for reason in reasons)


def book_name(direction: Direction, keeper: str, year: int) -> str:
    """What a book is called."""
    if direction is Direction.OUTGOING:
        return _("Outgoing register of {keeper}, {year}").format(keeper=keeper, year=year)
    return _("Incoming register of {keeper}, {year}").format(keeper=keeper, year=year)
