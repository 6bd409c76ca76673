"""Returns in the chat: a reminder with a button, answers in words, what is still missing."""

from __future__ import annotations

import re

from hub.context import Hub
from hub.desk.refused import Refused
from hub.reporting import replying
from hub.reporting.handing_in import Form, form_of, hand_in, meant
from hub.reporting.rights import may_hand_in, units_of
from hub.reporting.words import period_words
from hub.reporting.words_of_faults import mends
from hub.texts import N_, _, current
from rules.reporting.saying import by_words
from rules.values.chat import Button, ChatMessage
from storage import returns, support
from storage.engine import AnyRow

CONFIRM = "return"  # the verb of the button
MARK = "#BC"  # before the form's id, at the end of a message: an answer to it names the form
NAMED = re.compile(rf"{MARK}(\d{{1,15}})\s*$", re.MULTILINE)
CHANNEL = "telegram"
MOST_MENDS = 15
LEVELS = {
    "form": N_("A report is asked for"),
    "remind": N_("A report is not there yet"),
    "last": N_("Last day for a report"),
    "missing": N_("A report is late"),
}


def notice(hub: Hub, row: AnyRow) -> ChatMessage:
    """What stands in a row of the ledger, for a chat; never a figure. LookupError when it is gone."""
    with hub.database.reading() as connection:
        if "form" not in row.letter:
            request = support.get(connection, row.letter["request"])
            if request is None:
                raise LookupError(f"notice {row.id} is about no request")
            return ChatMessage(_("Request {number} for help: {about}").format(
                number=request.id, about=request.subject or "-"
            ))  # fmt: skip
        form = form_of(hub, connection, row.letter["form"])
    if form is None:
        raise LookupError(f"notice {row.id} is about no form")
    if row.letter["notice"] != "return_asked":
        return ChatMessage("\n".join((_name(hub, form), _("There is word of this report in your mailbox."))))
    return _asked(hub, form, row.letter["level"])


def _asked(hub: Hub, form: Form, level: str) -> ChatMessage:
    lines = [_(LEVELS[level]), *_about(hub, form)]
    if any(field.required and field.code not in form.row.frozen for field in form.kind.fields):
        how = _("Answer this message with lines as 6.1: 3; what is missing is asked back.")
    else:
        how = _("Press the button if the hub's figures are right, or answer with lines as 6.1: 3.")
    button = Button(_("The figures are right"), f"{CONFIRM}:{form.row.id}")
    return ChatMessage("\n".join((*lines, how, f"{MARK}{form.row.id}")), ((button,),))


def _about(hub: Hub, form: Form) -> list[str]:
    return [_name(hub, form), _("Due {day}").format(day=f"{form.row.due_on:%d/%m/%Y}")]


def _name(hub: Hub, form: Form) -> str:
    unit = hub.directory.party_name(form.row.unit)
    return f"{form.kind.called(current())} · {period_words(form.period)} · {unit}"


def said(hub: Hub, person: str, identity: int, text: str) -> ChatMessage:
    """An answer to such a message. Raises Refused for whoever may not hand in."""
    with hub.database.reading() as connection:
        form = form_of(hub, connection, identity)
    if form is None:
        raise Refused(_("this button is too old"))
    unit = hub.directory.party_name(form.row.unit)
    if not may_hand_in(hub, person, form.row.unit):
        raise Refused(_("{actor} may not do this for {unit}").format(actor=person, unit=unit))
    understood = by_words(form.kind, text)
    if understood.nothing and not understood.faults:
        raise Refused(_("Not understood. Answer to a notice, or see /help."))
    outcome = hand_in(hub, person, form, understood, channel=CHANNEL)
    if outcome.version is None:
        wrong = [f"• {item.field}: {item.what}" for item in mends(form.kind, outcome.faults)[:MOST_MENDS]]
        return ChatMessage("\n".join((_("To be mended:"), *wrong, f"{MARK}{identity}")))
    replying.received(hub, outcome, person)
    done = _("Received, version {version}.").format(version=outcome.version)
    return ChatMessage(f"{_name(hub, form)}\n{done}")


def listing(hub: Hub, person: str) -> ChatMessage:
    """What the units of this person have still to hand in; answer to it to hand the first one in."""
    with hub.database.reading() as connection:
        rows = [
            row
            for unit in units_of(hub, person)
            for kind in hub.config.reports.kinds
            if (row := returns.newest_form(connection, kind, unit)) is not None
            and returns.latest(connection, row.id) is None
        ]
    forms = [form for row in rows if (form := meant(hub, row)) is not None]
    if not forms:
        return ChatMessage(_("Nothing."))
    if len(forms) == 1:
        return _asked(hub, forms[0], "remind")
    return ChatMessage("\n".join(line for form in forms for line in _about(hub, form)))
