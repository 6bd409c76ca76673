"""What ``verify`` found, in the words people use."""

from __future__ import annotations

from hub.texts import N_, _
from storage.verify import Finding

KINDS = {
    "unreadable": N_("this part cannot be read"),
    "schema": N_("the schema is not the one this version works with"),
    "database-damaged": N_("the database file is damaged; restore a backup"),
    "reference-broken": N_("a row names another that is gone"),
    "journal-changed": N_("this journal entry was changed after it was written"),
    "journal-unlinked": N_("this journal entry does not follow the one before it"),
    "journal-missing": N_("journal entries are missing"),
    "journal-inserted": N_("this journal entry was put in later"),
    "journal-tail-missing": N_("the end of the journal was cut off"),
    "journal-beyond-head": N_("journal entries were added past the hub"),
    "journal-head-wrong": N_("the journal's last entry is not the one the hub wrote"),
    "journal-rewritten": N_("the journal is not the one whose head was mailed"),
    "journal-truncated": N_("the journal is shorter than the one whose head was mailed"),
    "entry-missing": N_("an entry that the journal knows is gone from its book"),
    "entry-changed": N_("an entry is not what the journal says"),
    "delivery-missing": N_("a delivery that the journal knows is gone"),
    "number-gap": N_("numbers are missing in a book numbered by the hub"),
    "number-gap-borne": N_("numbers are missing in a book; the unit should explain them"),
    "number-below-start": N_("a number is lower than the first of the book"),
    "number-next": N_("the book's next number is not the one after its last"),
    "number-twice": N_("a number stands twice in a book"),
    "number-blank": N_("an entry has no number"),
    "entry-twice": N_("a document stands twice in one book"),
    "blob-row-missing": N_("a row names a file that the hub never stored"),
    "size-differs": N_("a file has another size than its row says"),
    "arrival-without-step": N_("an arrival waits and nothing will take it up"),
    "document-without-step": N_("a document waits and nothing will route it"),
    "review-without-case": N_("a document is in review but on nobody's list"),
    "held-without-case": N_("a document is held but on nobody's list"),
    "step-parked": N_("a step waits for the operator"),
    "document-without-entry": N_("an outgoing document stands in no book"),
    "routed-nowhere": N_("a document was routed to nobody"),
    "delivery-without-attempt": N_("a delivery counts as delivered without an attempt"),
    "delivery-of-other-entry": N_("a delivery names the entry of another document"),
    "not-searchable": N_("a document cannot be found by search"),
    "blob-missing": N_("a file is gone"),
    "blob-changed": N_("a file is not what was stored"),
    "blob-unreadable": N_("the disk does not give a file back"),
    "blob-purged-but-there": N_("a purged file is still there"),
    "blob-stray": N_("a file lies in the store and no row names it"),
}


def finding_text(finding: Finding) -> str:
    """One line: what it means, and the values it is about."""
    words = _(KINDS[finding.kind])
    if finding.subject == "more":
        return _("{what}: {count} more").format(what=words, count=finding.text)
    return f"{words}: {finding.text}" if finding.text else words
