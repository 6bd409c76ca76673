"""Codes that the hub keeps, in the words people use."""

from __future__ import annotations

from hub.texts import N_, _
from rules.vocabulary import Direction

REASONS = {
    "sender-unverified": N_("the sender could not be verified"),
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
    "number-used-before": N_("the issuer used this number in this year already"),
    "number-taken": N_("the number stands in the book already"),
    "secrecy-mark": N_("it bears a secrecy mark"),
    "rule": N_("a rule holds it"),
    "delivery-failed": N_("it could not be delivered"),
    "no-address": N_("no address is known"),
    "unresolved": N_("nobody by this name is known"),
    "ambiguous": N_("several go by this name"),
    "closed": N_("the unit was closed and has no successor"),
}


def reason_text(code: str) -> str:
    """A reason in words; a sentence that a person or a rule wrote stays as it is."""
    return _(REASONS[code]) if code in REASONS else code


def book_name(direction: Direction, keeper: str, year: int) -> str:
    """What a book is called."""
    if direction is Direction.OUTGOING:
        return _("Outgoing register of {keeper}, {year}").format(keeper=keeper, year=year)
    return _("Incoming register of {keeper}, {year}").format(keeper=keeper, year=year)
