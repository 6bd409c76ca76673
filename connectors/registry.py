"""Which connectors there are: name -> factory, written out.

A factory takes the connector's own settings value. A new connector is one line
here; the contract tests then run over it.
"""

from collections.abc import Callable, Mapping
from typing import Final

from connectors.mailboxes.maildir import MaildirHost
from connectors.ports import MailboxHost, Source, Transport
from connectors.sources.scanner import ScannerSource
from connectors.sources.smtp import SmtpSource
from connectors.transports.folder import FolderTransport
from connectors.transports.maildir import MaildirTransport
from connectors.transports.nowhere import Nowhere
from connectors.transports.smtp import SmtpTransport

SOURCES: Final[Mapping[str, Callable[..., Source]]] = {"smtp": SmtpSource, "scanner": ScannerSource}
TRANSPORTS: Final[Mapping[str, Callable[..., Transport]]] = {
    "maildir": MaildirTransport,  # the hub's own mailboxes
    "smtp": SmtpTransport,  # the world, by way of one smarthost
    "folder": FolderTransport,  # other software that empties a folder
    "nowhere": Nowhere,  # the world, while no smarthost is configured
}
MAILBOXES: Final[Mapping[str, Callable[..., MailboxHost]]] = {"maildir": MaildirHost}
