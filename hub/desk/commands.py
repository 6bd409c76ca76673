"""The short commands that change something: the same from the command line, by mail and by chat.

Each takes the hub, the actor and plain values, and gives back plain values;
``Refused`` carries one clear sentence for the person who asked.
"""

from collections.abc import Callable, Mapping
from typing import Any

from hub.chat import linking
from hub.context import Hub
from hub.desk import (
    aside,
    board,
    gate,
    handling,
    holds,
    ledger,
    organisation,
    papers,
    quarantine,
    recall,
    reform,
    returns,
    review,
    rules,
    same,
    signing,
    support,
    wishes,
)
from hub.desk.mailboxes import belongings, issuing, life, nudging, transfer
from hub.desk.refused import Denied, Refused

COMMANDS: Mapping[str, Callable[..., Any]] = {
    "directory.import": organisation.import_sheets,
    "units.close": reform.close,
    "units.merge": reform.merge,
    "units.split": reform.split,
    "units.rename": reform.rename,
    "staff.password": organisation.set_password,
    "staff.notices": wishes.set_notices,
    "staff.away": wishes.set_away,
    "staff.calendar": wishes.calendar_url,
    "rules.draft": rules.draft,
    "rules.publish": rules.publish,
    "rules.rollback": rules.rollback,
    "rules.withdraw": rules.withdraw,
    "review.accept": review.accept,
    "review.version": review.version,
    "review.refuse": review.refuse,
    "review.read": review.read_again,
    "review.same": same.same,
    "hold.release": holds.release,
    "hold.send": holds.send,
    "hold.drop": holds.drop,
    "aside.take": aside.take,
    "quarantine.close": quarantine.close,
    "quarantine.release": quarantine.release,
    "quarantine.purge": quarantine.purge,
    "deliveries.retry": ledger.retry_delivery,
    "deliveries.receive": handling.receive,
    "deliveries.refuse": handling.refuse,
    "deliveries.assign": handling.assign,
    "deliveries.begin": handling.begin,
    "deliveries.done": handling.done,
    "deliveries.extend": handling.extend,
    "deliveries.fix": ledger.fix_delivery,
    "recall.ask": recall.ask,
    "recall.agree": recall.agree,
    "recall.decline": recall.decline,
    "paper.expect": papers.expect,
    "paper.came": papers.came,
    "suppressions.lift": ledger.lift_suppression,
    "queue.retry": ledger.retry_step,
    "queue.drop": ledger.drop_step,
    "registers.reserve": ledger.reserve,
    "registers.void": ledger.void_entry,
    "registers.close": ledger.close_book,
    "report.issue": board.issue,
    "chat.code": linking.make_code,
    "chat.unlink": linking.unlink,
    "access.count": ledger.count_access,
    "dkim.make": signing.make,
    "dkim.use": signing.use,
    "dkim.remove": signing.remove,
    "returns.hand-in": returns.hand_in,
    "support.take": support.take,
    "support.close": support.close,
    "mailbox.issue": issuing.issue,
    "mailbox.suspend": life.suspend,
    "mailbox.resume": life.resume,
    "mailbox.reset": life.reset,
    "mailbox.passwd": life.set_password,
    "mailbox.move": life.move,
    "mailbox.leave": life.leave,
    "mailbox.quota": life.set_quota,
    "mailbox.address-add": belongings.add_address,
    "mailbox.address-remove": belongings.remove_address,
    "mailbox.delegate": belongings.delegate,
    "mailbox.absence": belongings.be_absent,
    "mailbox.program-add": belongings.add_program,
    "mailbox.program-remove": belongings.remove_program,
    "mailbox.nudge": nudging.nudge,
    "mailbox.import-begin": transfer.begin,
    "mailbox.import-note": transfer.note,
    "mailbox.import-end": transfer.end,
    "mailbox.export": transfer.export,
    "mailbox.second-factor": belongings.second_factor,
}


def perform(hub: Hub, actor: str, command: str, arguments: Mapping[str, Any]) -> Any:
    """Run a command if the actor may give it. Raises Refused; what was denied is journalled."""
    try:
        gate.demand(hub, command, actor, arguments)
        return COMMANDS[command](hub, actor, **arguments)
    except Denied:
        gate.note(hub, command, actor)
        raise


__all__ = ["COMMANDS", "Denied", "Refused", "perform"]
