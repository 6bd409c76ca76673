"""The envelope of a fetched mail: nobody told it to us, the mailbox's server wrote it into the header.

Return-Path is the sender (RFC 5321 4.4), Delivered-To and its like the receiver. The server puts
its own lines on top, so the first one counts. Where it wrote none, whoever wrote the mail may have:
such a sender is as unverified as any, and such a receiver could have been written to directly.
"""

from dataclasses import dataclass

from rules.mail_address import wire_address
from rules.mail_glance import claimed_addresses, header_fields

RECEIVERS = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
MOST_RECEIVERS = 5


@dataclass(frozen=True, slots=True)
class FetchedEnvelope:
    """``mail_from`` is "" for the null sender, and where nobody is named."""

    mail_from: str = ""
    delivered_to: tuple[str, ...] = ()  # the topmost first, each once


def envelope_of(head: bytes) -> FetchedEnvelope:
    """Read from the beginning of a mail; never raises."""
    paths: list[str] = []
    senders: list[str] = []
    receivers: dict[str, None] = {}
    for name, text in header_fields(head):
        if name == "return-path":
            paths.append(text)
        elif name == "from":
            senders.append(text)
        elif name in RECEIVERS and len(receivers) < MOST_RECEIVERS:
            address = wire_address(text.strip().strip("<>").strip())
            if address is not None:
                receivers[address] = None
    return FetchedEnvelope(_sender(paths, senders), tuple(receivers))


def _sender(paths: list[str], senders: list[str]) -> str:
    if paths:
        path = paths[0].strip()
        if path == "<>":
            return ""
        address = wire_address(path.removeprefix("<").removesuffix(">").strip())
        if address is not None:
            return address
    claimed = claimed_addresses(senders)
    return wire_address(claimed[0]) or "" if len(claimed) == 1 else ""
