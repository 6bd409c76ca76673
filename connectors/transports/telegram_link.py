"""One bot of the Telegram Bot API: its own event loop in one thread, plain calls from everywhere else.

A ``Bot`` of python-telegram-bot cannot move between event loops, so that one
loop lives as long as the link; the library's HTTP client would write the token
into the log, so that it is kept quiet.
"""

import asyncio
import logging
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from rules.text.gate import clean
from rules.values.chat import ChatMessage, ChatUpdate

T = TypeVar("T")
LONGEST_TEXT = 4096  # characters; the API refuses more
WANTED = ("message", "callback_query")
SECONDS = 20.0

for _chatty in ("httpx", "httpcore", "telegram"):
    logging.getLogger(_chatty).setLevel(logging.WARNING)


class TelegramLink:
    """The bot. Methods block and raise ``telegram.error.TelegramError``; safe from any thread."""

    def __init__(self, token: str, api: str = "https://api.telegram.org/bot") -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="telegram", daemon=True)
        self._bot = Bot(token, base_url=api, request=_request(8), get_updates_request=_request(1))
        self._ready = False
        self._lock = threading.Lock()

    def send(self, chat: str, message: ChatMessage) -> None:
        """One message into a chat."""
        rows = [
            [InlineKeyboardButton(b.label, callback_data=b.data or None, url=b.url or None) for b in row]
            for row in message.rows
        ]
        markup = InlineKeyboardMarkup(rows) if rows else None
        text = clean(message.text, LONGEST_TEXT, lines=True)
        self._call(self._started().send_message(chat, text, reply_markup=markup))

    def acknowledge(self, press: str) -> None:
        """A pressed button stops turning."""
        self._call(self._started().answer_callback_query(press))

    def updates(self, after: int | None, seconds: int) -> list[tuple[int, ChatUpdate | None]]:
        """What came after the update ``after``, which is thereby confirmed; waits up to ``seconds``."""
        offset = after + 1 if after is not None else None
        found = self._call(
            self._started().get_updates(offset=offset, timeout=seconds, allowed_updates=list(WANTED))
        )
        return [(update.update_id, understood(update)) for update in found]

    def webhook(self, url: str, secret: str) -> None:
        """Have updates posted to ``url``, each with the secret in its header; "" ends that."""
        bot = self._started()
        if url:
            self._call(bot.set_webhook(url, secret_token=secret, allowed_updates=list(WANTED)))
        else:
            self._call(bot.delete_webhook())

    def parsed(self, posted: dict[str, Any]) -> ChatUpdate | None:
        """An update as the API posted it; None for what does not concern us."""
        update = Update.de_json(posted, self._bot)
        return understood(update) if update is not None else None

    def close(self) -> None:
        """End the loop; calls under way fail."""
        if self._ready:
            try:
                self._call(self._bot.shutdown())
            except (TelegramError, TimeoutError):
                logging.getLogger(__name__).debug("the bot did not shut down cleanly", exc_info=True)
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(timeout=5)
        if not self._loop.is_running():
            self._loop.close()

    def _started(self) -> Bot:
        with self._lock:
            if not self._ready:
                if not self._thread.is_alive():
                    self._thread.start()
                self._call(self._bot.initialize())
                self._ready = True
        return self._bot

    def _call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=SECONDS * 4)


def _request(connections: int) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=connections,
        read_timeout=SECONDS,
        connect_timeout=SECONDS,
        write_timeout=SECONDS,
    )


def understood(update: Update) -> ChatUpdate | None:
    """The parts of an update that the hub looks at."""
    query, message = update.callback_query, update.message
    if query is not None:
        shown = query.message
        chat = shown.chat if shown is not None else None
        text = getattr(shown, "text", "") or ""
        if chat is None:
            return None
        return ChatUpdate(
            str(chat.id), chat.type == "private", data=query.data or "", press=query.id, about=text
        )
    if message is None:
        return None
    answered = message.reply_to_message
    about = (answered.text or "") if answered is not None else ""
    said = clean(message.text or "", 1000, lines=True)
    return ChatUpdate(str(message.chat.id), message.chat.type == "private", text=said, about=about)
