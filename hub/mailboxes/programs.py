"""How programs find their settings alone: Mozilla autoconfig, Outlook autodiscover, profiles for iOS.

Elements come in the order in which the programs look for them; the user name is always the address.
"""

from __future__ import annotations

import plistlib
import re
import uuid
from xml.sax.saxutils import escape

from hub.context import Hub
from hub.mailboxes.settings_for_programs import Server, servers

_EMAIL = re.compile(
    rb"<EMailAddress>\s*([A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,253})\s*</EMailAddress>", re.I
)
MOST_ASKED = 8192
OUTLOOK = "http://schemas.microsoft.com/exchange/autodiscover"


def autoconfig(hub: Hub) -> str:
    """Thunderbird and others (https://wiki.mozilla.org/Thunderbird:Autoconfiguration)."""
    name = escape(hub.config.organisation.name)
    domains = "".join(f"    <domain>{escape(domain)}</domain>\n" for domain in hub.directory.domains)
    ways = "".join(_mozilla(server) for server in servers(hub))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<clientConfig version="1.1">\n'
        f'  <emailProvider id="{escape(hub.config.domain)}">\n{domains}'
        f"    <displayName>{name}</displayName>\n    <displayShortName>{name[:40]}</displayShortName>\n"
        f"{ways}  </emailProvider>\n</clientConfig>\n"
    )


def _mozilla(server: Server) -> str:
    way = "incomingServer" if server.kind == "imap" else "outgoingServer"
    return (
        f'    <{way} type="{server.kind}">\n      <hostname>{escape(server.host)}</hostname>\n'
        f"      <port>{server.port}</port>\n      <socketType>{server.socket}</socketType>\n"
        "      <authentication>password-cleartext</authentication>\n"
        f"      <username>%EMAILADDRESS%</username>\n    </{way}>\n"
    )


def autodiscover(hub: Hub, asked: bytes) -> str:
    """Outlook's XML form (MS-OXDSCLI). The question is foreign: only the address is taken out of it."""
    found = _EMAIL.search(asked[:MOST_ASKED])
    login = f"<LoginName>{escape(found[1].decode('ascii'))}</LoginName>" if found else ""
    ways = "".join(_outlook(server, login) for server in servers(hub))
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<Autodiscover xmlns="{OUTLOOK}/responseschema/2006">\n'
        f'<Response xmlns="{OUTLOOK}/outlook/responseschema/2006a">\n'
        "<Account><AccountType>email</AccountType><Action>settings</Action>\n"
        f"{ways}</Account>\n</Response>\n</Autodiscover>\n"
    )


def _outlook(server: Server, login: str) -> str:
    encryption = "SSL" if server.socket == "SSL" else "TLS"
    return (
        f"<Protocol><Type>{server.kind.upper()}</Type><Server>{escape(server.host)}</Server>"
        f"<Port>{server.port}</Port>{login}<DomainRequired>off</DomainRequired><SPA>off</SPA>"
        f"<SSL>on</SSL><Encryption>{encryption}</Encryption><AuthRequired>on</AuthRequired></Protocol>\n"
    )


def autodiscover_json(hub: Hub, protocol: str) -> dict[str, str]:
    """Outlook's JSON form: it points to the XML form."""
    base = hub.config.web.public_url or f"https://autodiscover.{hub.config.domain}"
    return {"Protocol": "AutodiscoverV1", "Url": f"{base}/autodiscover/autodiscover.xml"}


def mobileconfig(hub: Hub, address: str) -> bytes:
    """A profile for iOS and macOS; without a password, which the person types in."""
    found = servers(hub)
    reading = next((server for server in found if server.kind == "imap"), None)
    sending = next((server for server in found if server.kind == "smtp"), None)
    organisation, name = hub.config.organisation.name, f"{hub.config.domain}.mail"
    account = {
        "EmailAccountType": "EmailTypeIMAP",
        "EmailAccountDescription": organisation,
        "EmailAddress": address,
        **(_ios("Incoming", reading, address) if reading is not None else {}),
        **(_ios("Outgoing", sending, address) if sending is not None else {}),
        "OutgoingPasswordSameAsIncomingPassword": True,
        "PayloadType": "com.apple.mail.managed",
        "PayloadIdentifier": f"{name}.account",
        "PayloadUUID": str(uuid.uuid5(uuid.NAMESPACE_URL, f"mailto:{address}")),
        "PayloadVersion": 1,
        "PayloadDisplayName": address,
    }
    return plistlib.dumps(
        {
            "PayloadContent": [account],
            "PayloadType": "Configuration",
            "PayloadIdentifier": name,
            "PayloadUUID": str(uuid.uuid5(uuid.NAMESPACE_URL, f"profile:{address}")),
            "PayloadVersion": 1,
            "PayloadDisplayName": organisation,
            "PayloadOrganization": organisation,
        }
    )


def _ios(way: str, server: Server, address: str) -> dict[str, object]:
    return {
        f"{way}MailServerHostName": server.host,
        f"{way}MailServerPortNumber": server.port,
        f"{way}MailServerUseSSL": True,
        f"{way}MailServerUsername": address,
        f"{way}MailServerAuthentication": "EmailAuthPassword",
    }
