"""By which moves a delivery gets from where it stands to what a receiver says (DOMAIN 6.3)."""

from rules.records.lifecycle import may_handle
from rules.vocabulary import Handling

# What is said of itself by something later: whoever assigns a document has received it.
_IMPLIED: dict[Handling, tuple[Handling, ...]] = {
    Handling.ASSIGNED: (Handling.RECEIVED,),
    Handling.IN_HAND: (Handling.RECEIVED,),
    Handling.DONE: (Handling.RECEIVED,),
}
# Where nothing is left to do for the receiver.
OVER = frozenset({Handling.REFUSED, Handling.DONE, Handling.RECALL_AGREED})


def way(
    current: Handling | None, new: Handling, former: Handling | None = None
) -> tuple[Handling, ...] | None:
    """The moves from ``current`` to ``new``, in order; None when there is no way.

    ``former`` is the handling that stood when a recall was asked. What is said again changes
    nothing: the way is empty.
    """
    if current is new:
        return ()
    if may_handle(current, new, former):
        return (new,)
    for between in _IMPLIED.get(new, ()):
        if may_handle(current, between, former) and may_handle(between, new):
            return (between, new)
    return None


def is_over(current: Handling | None, former: Handling | None = None) -> bool:
    """Whether the receiver has nothing left to do; a refused recall gives back the state before it."""
    return (former if current is Handling.RECALL_REFUSED else current) in OVER
