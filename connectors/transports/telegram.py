"""Short notices into linked chats. Telegram knows no keys: after a crash a notice may come twice."""

import re
from datetime import timedelta

import msgspec
from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter, TelegramError

from connectors.transports import reasons
from connectors.transports.telegram_link import TelegramLink
from rules.values.chat import ChatMessage
from rules.values.sending import Address, Deferred, Delivered, Failed, Outbound, Outcome

SCHEME = "telegram:"
_ADDRESS = re.compile(SCHEME + r"-?\d{1,20}")


class TelegramTransport:
    """``to.email`` is ``telegram:<chat>``; the parcel's body is a ChatMessage as JSON."""

    def __init__(self, link: TelegramLink) -> None:
        self.link = link

    def deliver(self, key: str, to: Address, parcel: Outbound) -> Outcome:
        if not _ADDRESS.fullmatch(to.email):
            return Failed(reasons.BAD_ADDRESS)
        message = msgspec.json.decode(parcel.body, type=ChatMessage)
        try:
            self.link.send(to.email.removeprefix(SCHEME), message)
        except RetryAfter as error:
            after = error.retry_after
            return Deferred(
                reasons.CHAT_BUSY, after.total_seconds() if isinstance(after, timedelta) else float(after)
            )
        except (Forbidden, BadRequest) as error:
            return Failed(f"{reasons.CHAT_CLOSED}: {error.message}")
        except InvalidToken:
            return Deferred(reasons.CHAT_TOKEN)
        except (TelegramError, TimeoutError) as error:
            return Deferred(f"{reasons.CHAT_AWAY}: {type(error).__name__}")
        return Delivered("telegram")
