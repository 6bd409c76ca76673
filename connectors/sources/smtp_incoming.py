"""One mail between 354 and the answer: in memory while small, on the disk when large."""

import threading
from collections.abc import Callable

from connectors.ports import Door
from connectors.sources.smtp_data import DataDecoder
from connectors.sources.smtp_settings import SmtpLimits
from rules.mail_glance import Glance, glance
from rules.values.arrival import Accepted, Busy, Envelope, Parcel, Stage

BARE = "554 5.6.0 Bare CR or LF in the mail: line ends must be CRLF (RFC 5321 2.3.8)"
TOO_BIG = "552 5.3.4 The mail is larger than the limit of {} bytes"
NO_ROOM = "452 4.3.1 Cannot store the mail now, try again later"
GONE = "451 4.3.0 The session ended"


class Incoming:
    """Takes the chunks on the loop; ``spill`` and ``offer_staged`` run in a thread, one at a time."""

    def __init__(self, door: Door, limits: SmtpLimits) -> None:
        self.decoder = DataDecoder()
        self.size = 0
        self.refusal: str | None = None
        self._door = door
        self._limits = limits
        # Not lists of chunks, because a stranger's chunks may be single bytes.
        self._memory = bytearray()
        self._head = bytearray()
        self._stage: Stage | None = None
        self._turn = threading.Lock()  # because a lost connection discards while a thread may still write
        self._over = False

    def take(self, chunk: bytes) -> None:
        """One chunk off the wire. What must be refused is not kept, but read to its end."""
        piece = self.decoder.feed(chunk)
        self.size += len(piece)
        if self.decoder.bare:
            self.refusal = BARE
        elif self.size > self._limits.message_bytes:
            self.refusal = TOO_BIG.format(self._limits.message_bytes)
        if self.refusal:
            self._memory = bytearray()
        else:
            self._head += piece[: self._limits.header_bytes + 1 - len(self._head)]
            self._memory += piece

    @property
    def in_memory(self) -> int:
        """Bytes that are not on the disk yet."""
        return len(self._memory)

    def look(self) -> Glance:
        """What is known of the header by now."""
        return glance(bytes(self._head))

    def taken(self) -> bytearray:
        """What is in memory, no longer held here. On the loop, because more may come at once."""
        memory, self._memory = self._memory, bytearray()
        return memory

    def spill(self, memory: bytearray) -> None:
        """Move ``taken`` bytes to the disk, in a thread; a full disk becomes the refusal."""
        with self._turn:
            if self._over or self.refusal:
                return
            try:
                self._stage = self._stage or self._door.stage()
                self._stage.write(memory)
            except OSError:
                self.refusal = NO_ROOM

    @property
    def staged(self) -> bool:
        return self._stage is not None

    def parcel(self, envelope: Envelope) -> Parcel:
        """What is to be accepted, while it is still in memory."""
        return Parcel(envelope, self._memory)

    def judged(self, judge: Callable[[Glance], str | None]) -> str | None:
        """The reply that refuses the mail: ours, or that of ``judge`` for the header."""
        return self.refusal or judge(self.look())

    def offer_staged(
        self, envelope: Envelope, judge: Callable[[Glance], str | None]
    ) -> Accepted | Busy | str:
        """Write the rest, then hand the parcel to the hub; a str is the reply that refuses it."""
        self.spill(self.taken())
        reply = self.judged(judge)
        if reply:
            return reply
        with self._turn:
            if self._over or self._stage is None:
                return GONE
            return self._door.accept(Parcel(envelope, self._stage))

    def discard(self) -> None:
        """Forget it, on the disk too. Harmless after an acceptance."""
        with self._turn:
            self._over = True
            self._memory = bytearray()
            if self._stage is not None:
                self._stage.discard()


def reply_to(answer: Accepted | Busy | str) -> str:
    """The hub's answer as a reply line."""
    if isinstance(answer, str):
        return answer
    if isinstance(answer, Accepted):
        return f"250 2.0.0 {answer.id} accepted"
    return f"452 4.3.1 {answer.why}" if answer.full else f"451 4.3.0 {answer.why}"
