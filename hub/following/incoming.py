"""Which parcels speak of a delivery instead of bringing a document: known by the address they came to."""

from __future__ import annotations

from hub.addresses import delivery_of_bounce, is_bounce_address
from hub.context import Hub
from hub.following.signing import (
    case_of_address,
    form_of_address,
    hold_of_address,
    is_answer_address,
    right_of_address,
)
from hub.mailboxes import post
from hub.reporting import answering, supporting
from rules.values.arrival import Envelope


def welcome(hub: Hub, address: str) -> bool:
    """Whether this address carries a right of ours; a forged one is refused in the dialogue (S6, S8)."""
    if any(read(hub, address) for read in (form_of_address, case_of_address, hold_of_address)):
        return True
    return right_of_address(hub, address) is not None or delivery_of_bounce(hub, address) is not None


def stages_of(hub: Hub, envelope: Envelope) -> tuple[str, ...]:
    """The stages that take a parcel up: mail to people is passed on, what units get becomes a document."""
    if any(answering.is_for_returns(hub, to) for to in envelope.recipients):
        return (answering.STAGE,)
    if any(is_answer_address(to) or is_bounce_address(to) for to in envelope.recipients):
        return ("acknowledge",)
    now = hub.now()
    if any(supporting.is_for_support(hub, to) for to in envelope.recipients):
        passed_on = (post.STAGE,) if post.targets(hub, envelope, now) else ()
        return (supporting.STAGE, *passed_on)
    if post.is_only_post(hub, envelope, now):
        return (post.STAGE,)
    return ("register", post.STAGE) if post.targets(hub, envelope, now) else ("register",)
