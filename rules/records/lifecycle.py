"""Which moves a delivery may make: what the hub did, and what the receiver did (DOMAIN 6.3)."""

from rules.vocabulary import DeliveryState, Handling

_STATE_MOVES: dict[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.PLANNED: frozenset({DeliveryState.SENDING, DeliveryState.HELD, DeliveryState.CANCELLED}),
    DeliveryState.HELD: frozenset({DeliveryState.PLANNED, DeliveryState.CANCELLED}),
    # sending again: the process that talked has died and its lease has ended
    DeliveryState.SENDING: frozenset(
        {
            DeliveryState.SENDING,
            DeliveryState.DELIVERED,
            DeliveryState.SENT,
            DeliveryState.DEFERRED,
            DeliveryState.FAILED,
        }
    ),
    DeliveryState.DEFERRED: frozenset(
        {DeliveryState.SENDING, DeliveryState.HELD, DeliveryState.FAILED, DeliveryState.CANCELLED}
    ),
    # a bounce or a positive notification comes after a smarthost took it
    DeliveryState.SENT: frozenset({DeliveryState.DELIVERED, DeliveryState.FAILED}),
    DeliveryState.DELIVERED: frozenset(),
    # a person sends it again, or gives it up
    DeliveryState.FAILED: frozenset({DeliveryState.PLANNED, DeliveryState.CANCELLED}),
    DeliveryState.CANCELLED: frozenset(),
}

_RECALL = Handling.RECALL_ASKED
_HANDLING_MOVES: dict[Handling | None, frozenset[Handling]] = {
    # a unit that accepts by itself has received it in the step that routes
    None: frozenset({Handling.ARRIVED, Handling.REFUSED, Handling.RECEIVED}),
    Handling.ARRIVED: frozenset({Handling.REFUSED, Handling.RECEIVED, _RECALL}),
    Handling.REFUSED: frozenset(),
    Handling.RECEIVED: frozenset({Handling.ASSIGNED, Handling.IN_HAND, Handling.DONE, _RECALL}),
    Handling.ASSIGNED: frozenset({Handling.IN_HAND, Handling.DONE, _RECALL}),
    Handling.IN_HAND: frozenset({Handling.DONE, _RECALL}),
    Handling.DONE: frozenset({_RECALL}),
    Handling.RECALL_ASKED: frozenset({Handling.RECALL_AGREED, Handling.RECALL_REFUSED}),
    Handling.RECALL_AGREED: frozenset(),
}
_ALIASES = {"14": Handling.RECALL_AGREED}  # one public client says 14 for 15


def may_move(current: DeliveryState, new: DeliveryState) -> bool:
    """Whether the hub may move a delivery from one state to another."""
    return new in _STATE_MOVES[current]


def may_handle(current: Handling | None, new: Handling, former: Handling | None = None) -> bool:
    """Whether a receiver's handling may become ``new``.

    A refused recall (16) gives back the state before it: ``former`` is the handling that
    stood when the recall was asked, and its moves count again.
    """
    if current is Handling.RECALL_REFUSED:
        return former is not Handling.RECALL_REFUSED and new in _HANDLING_MOVES[former]
    return new in _HANDLING_MOVES[current]


def handling_of(code: str) -> Handling | None:
    """The handling that a national status code names; 14 is read as 15. None for a code
    that is unknown: it is kept and shown as it came, and moves nothing."""
    known = _ALIASES.get(code.strip())
    return known or next((handling for handling in Handling if handling.value == code.strip()), None)
