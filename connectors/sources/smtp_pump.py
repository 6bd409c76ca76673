"""Small mails on their way to the disk: one thread, and one fsync for all that wait.

A thread for each mail costs more than the mail: the event loop and the threads
then fight for the interpreter's lock at every system call. While one batch is
on its way to the disk the next one gathers by itself.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from connectors.ports import Door
from rules.values.arrival import Accepted, Busy, Parcel

log = logging.getLogger(__name__)

Answer = Accepted | Busy | str  # a str is the reply that refuses the mail
_BATCH = 64


@dataclass(slots=True, eq=False)
class _Offer:
    parcel: Parcel
    judge: Callable[[], str | None]  # looks at the header; the reply that refuses it, or None
    answer: asyncio.Future[Answer]
    result: Answer | Exception | None = None


class Pump:
    """Takes parcels from the loop to ``Door.accept_many``."""

    def __init__(self, door: Door, loop: asyncio.AbstractEventLoop) -> None:
        self._door = door
        self._loop = loop
        self._offers: SimpleQueue[_Offer | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="smtp-pump", daemon=True)
        self._thread.start()

    async def offer(self, parcel: Parcel, judge: Callable[[], str | None]) -> Answer:
        """The answer once the parcel is durable, refused by ``judge``, or cannot be taken now."""
        offer = _Offer(parcel, judge, self._loop.create_future())
        self._offers.put(offer)
        return await offer.answer

    def close(self) -> None:
        """After everything offered is answered."""
        self._offers.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (first := self._offers.get()) is not None:
            batch, last = self._gathered(first)
            self._judge(batch)
            self._accept([offer for offer in batch if offer.result is None])
            self._loop.call_soon_threadsafe(_settle, batch)
            if last:
                return

    def _gathered(self, first: _Offer) -> tuple[list[_Offer], bool]:
        """All that waits by now, and whether the end was among it."""
        batch = [first]
        try:
            while len(batch) < _BATCH:
                offer = self._offers.get_nowait()
                if offer is None:
                    return batch, True
                batch.append(offer)
        except Empty:
            pass  # because an empty queue is the end of the batch
        return batch, False

    def _judge(self, batch: list[_Offer]) -> None:
        for offer in batch:
            try:
                offer.result = offer.judge()
            except Exception as error:
                offer.result = error

    def _accept(self, batch: list[_Offer]) -> None:
        if not batch:
            return
        try:
            answers = self._door.accept_many([offer.parcel for offer in batch])
            for offer, answer in zip(batch, answers, strict=True):
                offer.result = answer
        except Exception as error:
            for offer in batch:
                offer.result = error


def _settle(batch: list[_Offer]) -> None:
    """On the loop: wake the sessions that still wait."""
    for offer in batch:
        if offer.answer.done():
            continue
        if isinstance(offer.result, Exception):
            offer.answer.set_exception(offer.result)
        elif offer.result is not None:
            offer.answer.set_result(offer.result)
