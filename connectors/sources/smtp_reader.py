"""The reading side of a connection: command lines for aiosmtpd, whole chunks for DATA."""

import asyncio
from collections.abc import Callable, Iterable
from typing import SupportsIndex


class CommandReader(asyncio.StreamReader):
    """What aiosmtpd reads commands from, with a look at what is already there.

    The standard reader cannot tell what it holds without waiting for more, and
    DATA must take over exactly what came behind the command.
    """

    def __init__(self, limit: int, loop: asyncio.AbstractEventLoop, go_on: Callable[[], None]) -> None:
        """``limit`` in bytes for one line; ``go_on`` is called before each wait for more."""
        super().__init__(limit=limit, loop=loop)
        self._line_limit = limit
        self._loop_of = loop
        self._go_on = go_on
        self._held = bytearray()
        self._waiting: asyncio.Future[None] | None = None

    def feed_data(self, data: Iterable[SupportsIndex]) -> None:
        """More came off the wire (or goes back to be read again)."""
        self._held.extend(data)
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    @property
    def full(self) -> bool:
        """More is held than one command may have: the sender must wait."""
        return len(self._held) > 2 * self._line_limit

    def take_all(self) -> bytes:
        """Everything that is held, at once."""
        taken = bytes(self._held)
        self._held.clear()
        return taken

    async def readuntil(self, separator: object = b"\n") -> bytes:
        """One line, whatever ``separator``; LimitOverrunError as the standard reader raises it."""
        while (end := self._held.find(b"\n")) < 0:
            if len(self._held) > self._line_limit:
                raise asyncio.LimitOverrunError("the line is too long", len(self._held))
            await self._more()
        line = bytes(self._held[: end + 1])
        del self._held[: end + 1]
        return line

    async def readline(self) -> bytes:
        return await self.readuntil()

    async def read(self, n: int = -1) -> bytes:
        """Up to ``n`` bytes of what is held; waits only when nothing is."""
        if not self._held:
            await self._more()
        taken = bytes(self._held[:n] if n >= 0 else self._held)
        del self._held[: len(taken)]
        return taken

    async def _more(self) -> None:
        self._go_on()
        self._waiting = self._loop_of.create_future()
        try:
            await self._waiting
        finally:
            self._waiting = None
