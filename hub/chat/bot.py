"""The hub's bot: the one link to it, and where its updates are posted when they are posted."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, cast

from hub.context import Hub
from hub.following.signing import public_base

if TYPE_CHECKING:
    from connectors.transports.telegram import TelegramTransport
    from connectors.transports.telegram_link import TelegramLink

WEBHOOK_PATH = "/telegram"


def chat_link(hub: Hub) -> TelegramLink:
    """The link that the transport uses, because a token has one connection pool."""
    return cast("TelegramTransport", hub.transports["telegram"]).link


def webhook_url(hub: Hub) -> str:
    """Where Telegram posts to."""
    return f"{public_base(hub)}{WEBHOOK_PATH}"


def webhook_secret(hub: Hub) -> str:
    """What Telegram says in each post, so that nobody else can post (S15)."""
    return hmac.new(hub.secret, b"telegram webhook", hashlib.sha256).hexdigest()
