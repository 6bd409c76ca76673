"""Which mailboxes an address of ours stands for: a frozen snapshot, like the directory."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property


class BoxState(StrEnum):
    """What a mailbox may do. Mail arrives in the first two."""

    ACTIVE = "active"
    SUSPENDED = "suspended"  # nobody gets in, mail still arrives
    LEFT = "left"  # the owner is gone; mail is forwarded for a while, then refused
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Box:
    """One mailbox that was issued."""

    address: str
    state: BoxState = BoxState.ACTIVE
    quota_mb: int = 0
    forward_to: str = ""
    forward_until: datetime | None = None


@dataclass(frozen=True)
class PostBook:
    """All mailboxes and further addresses. Keys are lower-case addresses."""

    boxes: Mapping[str, Box] = field(default_factory=dict)
    further: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # alias or role -> mailboxes

    @staticmethod
    def of(boxes: Iterable[Box], further: Iterable[tuple[str, str]] = ()) -> "PostBook":
        """The book of these mailboxes and (further address, mailbox) pairs."""
        targets: dict[str, list[str]] = {}
        for address, mailbox in further:
            targets.setdefault(address, []).append(mailbox)
        return PostBook(
            {box.address: box for box in boxes}, {name: tuple(found) for name, found in targets.items()}
        )

    def boxes_of(self, address: str, now: datetime) -> tuple[str, ...]:
        """Where mail for this address goes: mailboxes, or the address it is forwarded to; empty: unknown."""
        key = plain(address)
        found: dict[str, None] = {}
        for name in self.further.get(key, (key,)):
            box = self.boxes.get(name)
            if box is not None:
                found.update(dict.fromkeys(self._reached(box, now)))
        return tuple(found)

    def _reached(self, box: Box, now: datetime) -> tuple[str, ...]:
        if box.state in (BoxState.ACTIVE, BoxState.SUSPENDED):
            return (box.address,)
        forwarded = box.forward_to and box.forward_until is not None and now < box.forward_until
        return (box.forward_to,) if box.state is BoxState.LEFT and forwarded else ()

    def addresses_of(self, mailbox: str) -> tuple[str, ...]:
        """The further addresses under which this mailbox may send."""
        return self._further_of.get(mailbox, ())

    @cached_property
    def _further_of(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for address, mailboxes in self.further.items():
            for mailbox in mailboxes:
                found.setdefault(mailbox, []).append(address)
        return {mailbox: tuple(names) for mailbox, names in found.items()}


def plain(address: str) -> str:
    """An address without case and without what stands after a plus (RFC 5233)."""
    local, at, domain = address.strip().casefold().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"
