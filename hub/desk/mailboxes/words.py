"""What is wrong in a sheet of people, in words: where, what, what to do."""

from __future__ import annotations

from collections.abc import Mapping

from hub.texts import N_, _
from rules.mailboxes.issuing import Fault

FAULTS: Mapping[str, str] = {
    "empty-sheet": N_("the sheet is empty; its first line names the columns, as name, unit, title"),
    "no-column": N_("there is no column {about}; the first line names the columns, as name, unit, title"),
    "too-many-lines": N_("more than {about} lines; cut the sheet in parts"),
    "no-name": N_("the name is missing; write the full name"),
    "no-unit": N_("the unit is missing; write its code or its name"),
    "bad-role": N_("{about} is no role; write specialist, clerk, leader, coordinator or administrator"),
    "unknown-unit": N_("there is no unit {about}; see: vanthu units"),
    "foreign-address": N_("{about} is no address of this organisation; leave it empty to have one made"),
    "twice": N_("{about} stands twice in the sheet"),
    "reserved": N_("{about} is kept for an office; choose another address"),
    "given-before": N_(
        "{about} belonged to somebody before and is never given again; choose another address"
    ),
    "has-one": N_("{about} has a mailbox already; see: vanthu mailbox list"),
    "no-letters": N_("no address can be made of the name {about}; give one in the column address"),
}


def said(fault: Fault) -> str:
    """One line for a person."""
    words = _(FAULTS[fault.code]).format(about=fault.about)
    return _("line {line}: {words}").format(line=fault.line, words=words) if fault.line else words
