"""Which connectors there are: name -> factory, written out.

A factory takes the connector's own settings value. A new connector is one line
here; the contract tests then run over it.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from connectors.mailboxes.maildir import MaildirHost
from connectors.ports import MailboxHost, Source, Transport
from connectors.sources.scanner import ScannerSource
from connectors.sources.smtp import SmtpSource
from connectors.transports.folder import FolderTransport
from connectors.transports.maildir import MaildirTransport
from connectors.transports.nowhere import Nowhere
from connectors.transports.smtp import SmtpTransport


def _telegram_source(*parts: Any) -> Source:
    """Late, because only a hub with a bot needs to import its library."""
    from connectors.sources.telegram import TelegramSource

    return TelegramSource(*parts)


def _telegram_hook(*parts: Any) -> Source:
    from connectors.sources.telegram import TelegramHook

    return TelegramHook(*parts)


def _webhook_transport(*parts: Any) -> Transport:
    """Late, because only a hub with webhooks needs an HTTP client."""
    from connectors.transports.webhook import WebhookTransport

    return WebhookTransport(*parts)


def _imap_source(*parts: Any) -> Source:
    """Late, because only a hub that fetches mail needs an IMAP client."""
    from connectors.sources.imap import ImapSource

    return ImapSource(*parts)


def _telegram_transport(*parts: Any) -> Transport:
    from connectors.transports.telegram import TelegramTransport

    return TelegramTransport(*parts)


SOURCES: Final[Mapping[str, Callable[..., Source]]] = {
    "smtp": SmtpSource,
    "scanner": ScannerSource,
    "imap": _imap_source,
    "telegram": _telegram_source,
    "telegram-hook": _telegram_hook,
}
TRANSPORTS: Final[Mapping[str, Callable[..., Transport]]] = {
    "maildir": MaildirTransport,  # the hub's own mailboxes
    "smtp": SmtpTransport,  # the world, by way of one smarthost
    "folder": FolderTransport,  # other software that empties a folder
    "telegram": _telegram_transport,  # notices into linked chats
    "webhook": _webhook_transport,  # software of a unit that listens
    "nowhere": Nowhere,  # the world, while no smarthost is configured
}
MAILBOXES: Final[Mapping[str, Callable[..., MailboxHost]]] = {"maildir": MaildirHost}
