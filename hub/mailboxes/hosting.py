"""Dovecot beside the hub: its configuration out of the templates, brought up and taken down with the hub."""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Mapping
from pathlib import Path
from string import Template

from connectors.mailboxes.dovecot import (
    CONFIGURATION,
    Dovecot,
    DovecotMissing,
    find_program,
    run_as,
    version_of,
)
from connectors.mailboxes.passwd_file import PROGRAMS, SLOTS
from connectors.transports.lmtp import DETAIL, LmtpTransport
from hub.context import Hub
from hub.founding import ensure_certificate
from hub.mailboxes.accounts import FOLDER, publish
from hub.mailboxes.guard import policy_key
from hub.render import TEMPLATES
from hub.texts import _

log = logging.getLogger("vanthu.mailboxes")
DOCUMENTS = "Công văn đến"  # the folder of the hub's documents in every mailbox
VERSIONS = {(2, 3): "dovecot-2.3"}  # Dovecot 2.4 refuses a configuration of 2.3
HOMES = "homes"  # what Dovecot remembers of a mailbox beside its mails: repetitions, scripts
LONGEST_SOCKET = 90  # characters a socket's path may have, with its name


def start(hub: Hub, web_port: int) -> Dovecot | None:
    """Dovecot as configured; None where no mail program is to come in. Raises DovecotMissing."""
    if not hub.config.mailboxes.imap:
        return None
    program = find_program(hub.config.mailboxes.dovecot)
    if program is None:
        raise DovecotMissing(
            _("mailboxes.imap needs Dovecot; install dovecot-imapd, dovecot-lmtpd and dovecot-sieve")
        )
    version = version_of(program)
    if version not in VERSIONS:
        raise DovecotMissing(
            _("Dovecot {version} is not known here; known: {known}").format(
                version=".".join(map(str, version)), known=", ".join(f"{a}.{b}" for a, b in VERSIONS)
            )
        )
    folder = (hub.data / FOLDER).resolve()
    folder.mkdir(exist_ok=True, mode=0o700)
    publish(hub)
    host, port = _place(hub.config.mailboxes.imap)
    files = configuration(hub, folder, VERSIONS[version], web_port)
    dovecot = Dovecot(program, folder, files, (_reachable(host), port))
    dovecot.start()
    hub.transports = {**hub.transports, "maildir": LmtpTransport(run_folder(folder), folder / HOMES)}
    hub.kick = dovecot.kick
    log.info("dovecot: mailboxes at %s", hub.config.mailboxes.imap)
    return dovecot


def run_folder(folder: Path) -> Path:
    """Where Dovecot keeps its sockets: in the data folder, or under a short name where that is long."""
    own = folder / "run"
    if len(str(own)) + 20 <= LONGEST_SOCKET:
        own.mkdir(exist_ok=True, mode=0o755)
        return own
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"vanthu-{digest}"
    short.mkdir(exist_ok=True, mode=0o700)
    if short.is_symlink() or short.stat().st_uid != folder.stat().st_uid:
        raise DovecotMissing(_("{path} belongs to somebody else").format(path=short))
    return short


def configuration(hub: Hub, folder: Path, template: str, web_port: int) -> Mapping[str, str]:
    """Name -> text of every file of Dovecot's configuration."""
    values = _values(hub, folder, web_port)
    texts = TEMPLATES / "deploy" / template
    return {
        CONFIGURATION: Template((texts / "dovecot.conf").read_text("utf-8")).substitute(values),
        "sieve/filing.sieve": Template((texts / "filing.sieve").read_text("utf-8")).substitute(values),
    }


def _values(hub: Hub, folder: Path, web_port: int) -> dict[str, str]:
    config, user = hub.config.mailboxes, run_as()
    imap_host, imap_port = _place(config.imap)
    imaps_host, imaps_port = _place(config.imaps) if config.imaps else (imap_host, 0)
    certificate, key = ensure_certificate(hub.data, hub.config)
    local = imap_host in ("127.0.0.1", "::1", "localhost")
    return {
        "run": str(run_folder(folder)),
        "folder": str(folder),
        "instance": f"vanthu-{hub.hub_id}",
        "user": user,
        "group": _group(user),
        "ssl": "yes" if local else "required",
        "needs_tls": "no" if local else "yes",
        "certificate": certificate,
        "key": key,
        "failure_delay": "0 secs" if local else "2 secs",
        "policy": _policy(hub, web_port),
        "mail": str((hub.data / "mail").resolve()),
        "homes": str(folder / HOMES),
        "host": config.host or f"mail.{hub.config.domain}",
        "domain": hub.config.domain,
        "quota_mb": str(config.quota_mb),
        "documents": DOCUMENTS,
        "detail": DETAIL,
        "programs": "".join(_programs(folder, slot) for slot in range(1, SLOTS + 1)),
        "imap_host": imap_host,
        "imap_port": str(imap_port),
        "imaps_host": imaps_host,
        "imaps_port": str(imaps_port),
    }


def _programs(folder: Path, slot: int) -> str:
    return f"passdb {{\n  driver = passwd-file\n  args = {folder}/{PROGRAMS.format(slot=slot)}\n}}\n"


def _policy(hub: Hub, web_port: int) -> str:
    """Every log-in is asked of the hub before and told to it after; without a web listener it cannot be."""
    if not web_port:
        return ""
    host = _reachable(hub.config.web.host)
    key = policy_key(hub)
    return (
        f"auth_policy_server_url = http://{host}:{web_port}/dovecot/policy\n"
        f"auth_policy_server_api_header = X-Vanthu-Key: {key}\n"
        f"auth_policy_hash_nonce = {key[:16]}\n"
        "auth_policy_server_timeout_msecs = 2000\nauth_policy_check_after_auth = no\n"
        "auth_policy_request_attributes = login=%{requested_username} remote=%{rip} protocol=%s\n"
    )


def _place(text: str) -> tuple[str, int]:
    host, _colon, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "*": "127.0.0.1"}.get(host, host)


def _group(user: str) -> str:
    import grp
    import pwd

    return grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
