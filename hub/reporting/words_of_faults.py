"""What is wrong in a return, in the words of whoever must mend it: which field, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.reporting.notices import Mend
from hub.texts import N_, _, current
from rules.reporting.kinds import Kind
from rules.reporting.saying import SayFault

WORDS: Mapping[str, str] = {
    "missing": N_("is missing; please write it"),
    "no-number": N_("“{found}” is no number; write digits only, as 12 or 5.904,5"),
    "not-whole": N_("“{found}” is no whole number; write how many there are, without a fraction"),
    "too-small": N_("{found} is too small; the least is {expected}"),
    "too-big": N_("{found} is too big; the most is {expected}"),
    "yes-or-no": N_("“{found}” is neither yes nor no; write yes or no"),
    "choice": N_("“{found}” is not in the list; choose one of: {expected}"),
    "sum": N_("{found} together are more than this ({expected}); correct one of them"),
    "sheet-error": N_("the cell shows {found}; replace the formula by its figure"),
    "twice": N_("stands twice; write it once"),
    "row-twice": N_("the row stands twice in the sheet; delete one of them"),
    "row-gone": N_("the row is gone from the sheet; fill in the sheet that is attached to this mail"),
    "merged": N_("its cells are merged with others; unmerge them and write one figure into each row"),
    "no-heading": N_("no heading row with {expected} was found; fill in the attached sheet"),
    "line": N_("this line was not understood: “{found}”; write it as: code: figure"),
    "no-field": N_("“{found}” names no field; perhaps meant: {expected}"),
    "nothing": N_("no answer was found; write “đúng” where all is right, or lines as 3.1: 12"),
    "closed": N_("the period is closed; ask those who collect to reopen it"),
    "no-mark": N_("the sheet does not say which form it is (row “{expected}”); fill in the attached one"),
    "other-period": N_("the sheet is of {found}, and asked for is {expected}; fill in the attached one"),
    "other-unit": N_("the sheet is of {found}, and you answer for {expected}; fill in the attached one"),
    "other-kind": N_("the sheet is another report ({found}); fill in the attached one"),
    "two-sheets": N_("there are several sheets of figures attached; send only one"),
    "sheet-unreadable": N_("the file {found} cannot be opened; save it anew as .xlsx without a password"),
    "other-file": N_("the file {found} holds no form; write lines as 3.1: 12, or send the attached sheet"),
    "sender-unverified": N_("nothing proves that this mail is your unit's; send it from an official address"),
    "not-yours": N_("{found} may not hand in for {expected}; its clerk or leader must"),
}  # fmt: skip


def mends(kind: Kind, faults: Sequence[SayFault]) -> tuple[Mend, ...]:
    """Each fault once, with the field's name."""
    return tuple(dict.fromkeys(Mend(field_words(kind, fault.about), fault_words(fault)) for fault in faults))


def fault_words(fault: SayFault) -> str:
    """One fault as a sentence about its field."""
    return _(WORDS[fault.code]).format(found=fault.found, expected=fault.expected or "-")


def field_words(kind: Kind, code: str) -> str:
    """A field as people know it: its code and name."""
    field = kind.field(code)
    if field is None:
        return code
    return f"{code} {field.name_en if current() == 'en' and field.name_en else field.name}"
