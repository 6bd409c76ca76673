"""Updates of the Telegram bot, fetched by long polling; confirmed only after they were answered."""

import logging
from collections.abc import Callable
from threading import Event

from telegram.error import Conflict, TelegramError

from connectors.ports import Door
from connectors.transports.telegram_link import TelegramLink
from rules.values.chat import ChatUpdate

log = logging.getLogger(__name__)
POLL_SECONDS = 10
LONGEST_PAUSE = 60.0


class TelegramSource:
    """Hands each update to ``answer``; one that fails is logged and never blocks the next."""

    def __init__(self, link: TelegramLink, answer: Callable[[ChatUpdate], None]) -> None:
        self._link, self._answer = link, answer
        self._last: int | None = None
        self._asking = False

    def run(self, door: Door, stop: Event) -> None:
        """Poll until ``stop``; after a fault with growing pauses."""
        pause = 1.0
        while not stop.is_set():
            try:
                self.poll(POLL_SECONDS, stop)
                pause = 1.0
            except Conflict:
                log.warning("telegram: another process polls with this token; only one may")
                stop.wait(LONGEST_PAUSE)
            except (TelegramError, TimeoutError) as error:
                log.warning(
                    "telegram does not answer, trying again in %.0f s: %s", pause, type(error).__name__
                )
                stop.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    def poll(self, seconds: int, stop: Event | None = None) -> int:
        """One look; how many updates came. An earlier run's webhook ends first: with one nobody may ask."""
        if not self._asking:
            self._link.webhook("", "")
            self._asking = True
        found = self._link.updates(self._last, seconds)
        for number, update in found:
            if stop is not None and stop.is_set():
                return 0
            self._one(update)
            self._last = number
        return len(found)

    def _one(self, update: ChatUpdate | None) -> None:
        if update is None:
            return
        try:
            self._answer(update)
        except Exception:  # because one strange message must not stop all the others
            log.exception("telegram: an update could not be answered")


class TelegramHook:
    """Has updates posted to the hub's pages; asks the service for that until it agrees."""

    def __init__(self, link: TelegramLink, url: str, secret: str) -> None:
        self._link, self._url, self._secret = link, url, secret

    def run(self, door: Door, stop: Event) -> None:
        """Until it is set, then until ``stop``."""
        pause = 1.0
        while not stop.is_set():
            try:
                self._link.webhook(self._url, self._secret)
                stop.wait()
            except (TelegramError, TimeoutError) as error:
                log.warning(
                    "telegram takes no webhook, trying again in %.0f s: %s", pause, type(error).__name__
                )
                stop.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
