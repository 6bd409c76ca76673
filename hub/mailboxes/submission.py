"""The doors for mail programs: the hub's own SMTP, with a log-in asked of everybody (RFC 6409, RFC 8314)."""

from __future__ import annotations

import ssl
from collections.abc import Mapping

from connectors.sources.smtp_settings import SmtpLimits, SmtpSettings
from hub.context import Hub
from hub.founding import ensure_certificate
from hub.quarantine.refusal import secrecy_refusal

MEGABYTE = 1 << 20


def submission_doors(hub: Hub) -> Mapping[str, SmtpSettings]:
    """A door for each configured address."""
    config = hub.config
    places = {
        "submission": (config.mailboxes.submission, False),
        "submissions": (config.mailboxes.submissions, True),
    }
    return {
        name: _door(hub, name, address, implicit) for name, (address, implicit) in places.items() if address
    }


def _door(hub: Hub, name: str, address: str, implicit: bool) -> SmtpSettings:
    smtp = hub.config.smtp
    host, _colon, port = address.rpartition(":")
    certificate, key = ensure_certificate(hub.data, hub.config)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    return SmtpSettings(
        host=host.strip("[]"),
        port=int(port),
        hostname=smtp.hostname or hub.config.domain,
        account=name,
        limits=SmtpLimits(
            recipients=smtp.max_recipients,
            message_bytes=smtp.max_message_mb * MEGABYTE,
            connections=smtp.max_connections,
            connections_per_ip=smtp.max_connections,  # because an office stands behind one address
        ),
        tls=tls,
        submission=True,
        implicit_tls=implicit,
        login_threads=4,
        secret=f"554 {secrecy_refusal(hub.config)}",
    )
