"""The short commands that change something: the same from the command line, by mail and by chat.

Each takes the hub, the actor and plain values, and gives back plain values;
``Refused`` carries one clear sentence for the person who asked.
"""

from collections.abc import Callable, Mapping
from typing import Any

from hub.desk import handling, holds, ledger, organisation, review, rules
from hub.desk.refused import Refused

COMMANDS: Mapping[str, Callable[..., Any]] = {
    "directory.import": organisation.import_sheets,
    "staff.password": organisation.set_password,
    "rules.publish": rules.publish,
    "review.accept": review.accept,
    "review.refuse": review.refuse,
    "hold.release": holds.release,
    "hold.send": holds.send,
    "hold.drop": holds.drop,
    "quarantine.close": holds.close_quarantine,
    "deliveries.retry": ledger.retry_delivery,
    "deliveries.receive": handling.receive,
    "deliveries.refuse": handling.refuse,
    "deliveries.assign": handling.assign,
    "deliveries.begin": handling.begin,
    "deliveries.done": handling.done,
    "deliveries.extend": handling.extend,
    "queue.retry": ledger.retry_step,
    "queue.drop": ledger.drop_step,
    "registers.void": ledger.void_entry,
    "registers.close": ledger.close_book,
    "access.count": ledger.count_access,
}

__all__ = ["COMMANDS", "Refused"]
