"""The machine: versions, room, permissions, certificate, programs, reading children."""

from __future__ import annotations

import ipaddress
import os
import platform
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from cryptography import x509

from connectors.readers.limits import DEFAULT
from connectors.readers.process import ChildDied, ReadingChild
from connectors.scans import tesseract
from hub import antivirus
from hub.context import Hub
from hub.doctor.check import Check, State
from hub.texts import _
from rules.antivirus import fresh
from storage import dump

MEGABYTE = 1 << 20
CERTIFICATE_WARNING = timedelta(days=30)
# SQLite before these can lose a commit when two connections write and checkpoint at once.
RESET_FIXED = (3, 51, 3)
RESET_BACKPORTS = ((3, 50, 7), (3, 44, 6))
MOST_TRUSTED = 1 << 17  # addresses: a /15 of IPv4 is no office


def versions(hub: Hub) -> Iterator[Check]:
    """Python, and the SQLite it links."""
    yield Check("Python", "ok", platform.python_version())
    if not hub.database.sqlite:
        return
    seen = sqlite3.sqlite_version_info
    fixed = seen >= RESET_FIXED or any(seen[:2] == fix[:2] and seen >= fix for fix in RESET_BACKPORTS)
    text = sqlite3.sqlite_version
    if not fixed:
        text = _(
            "{version}: has the WAL-reset bug; harmless here, because only one connection writes"
        ).format(version=text)
    yield Check("SQLite", "ok", text)


def disk(hub: Hub) -> Iterator[Check]:
    """Room against the reserve below which nothing is accepted."""
    room = os.statvfs(hub.data)
    free, total = room.f_bavail * room.f_frsize, room.f_blocks * room.f_frsize
    largest = hub.config.smtp.max_message_mb * MEGABYTE
    reserve = max(int(total * hub.config.storage.reserve_share), largest * 3 // 2)
    text = _("{free} MB free, {reserve} MB are kept in reserve").format(
        free=free // MEGABYTE, reserve=reserve // MEGABYTE
    )
    state: State = "error" if free < reserve else "warning" if free < 2 * reserve else "ok"
    remedy = _("free space, or give the data folder a larger disk") if state != "ok" else ""
    yield Check(_("disk"), state, text, remedy)
    if room.f_files and room.f_favail < max(1000, room.f_files // 50):
        text = _("only {count} inodes are left").format(count=room.f_favail)
        yield Check(_("disk"), "error", text, _("remove small files, or use a file system with more inodes"))


def permissions(hub: Hub) -> Iterator[Check]:
    """Nobody else reads documents and secrets."""
    private = [hub.data, hub.data / "config.toml", hub.data / "secret.key"]
    private += [
        Path(path) for path in (hub.config.smtp.tls_key, hub.config.delivery.smarthost_password_file) if path
    ]
    private += hub.data.glob("dkim-*.json")
    wrong = [path for path in private if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077]
    for path in wrong:
        remedy = f"chmod go= {path}"
        yield Check(_("permissions"), "error", _("others can look into {path}").format(path=path), remedy)
    if len(hub.secret) < 32:
        text = _("the secret is only {length} characters long").format(length=len(hub.secret))
        yield Check(_("permissions"), "error", text, _("write 64 random characters into secret.key"))
    if not wrong:
        yield Check(_("permissions"), "ok", _("only the hub's user reads its data"))


def certificate(hub: Hub) -> Iterator[Check]:
    """TLS for the mail port, and how long it lasts."""
    path = hub.config.smtp.tls_cert
    name = _("certificate")
    if not path:
        remedy = _("set smtp.tls_cert and smtp.tls_key")
        yield Check(name, "warning", _("none: mail comes in unencrypted, and log-in is impossible"), remedy)
        return
    try:
        found = x509.load_pem_x509_certificate(Path(path).read_bytes())
    except (OSError, ValueError) as error:
        yield Check(name, "error", f"{path}: {error}", _("put a certificate in PEM form there"))
        return
    left = found.not_valid_after_utc - hub.now()
    days = _("{path}: {days} days left").format(path=path, days=left.days)
    if left < timedelta(0):
        yield Check(name, "error", _("{path} has expired").format(path=path), _("renew the certificate"))
    else:
        state: State = "warning" if left < CERTIFICATE_WARNING else "ok"
        yield Check(name, state, days, _("renew the certificate") if state == "warning" else "")


def trusted_networks(hub: Hub) -> Iterator[Check]:
    """Whoever sits in a trusted network is believed without a password."""
    for text in hub.config.smtp.trusted_networks:
        network = ipaddress.ip_network(text, strict=False)
        wide = not network.is_loopback and (
            network.is_global or (network.version == 4 and network.num_addresses > MOST_TRUSTED)
        )
        if wide:
            seen = _("{network} is believed without a password").format(network=text)
            remedy = _("name only networks of your own offices in smtp.trusted_networks")
            yield Check(_("trusted networks"), "warning", seen, remedy)


def programs(hub: Hub) -> Iterator[Check]:
    """Programs of the system that make the hub able to do more."""
    wanted = [("catdoc", shutil.which("catdoc"), _("reads damaged or very old .doc files"))]
    if not hub.database.sqlite:
        wanted += [
            (name, dump.program(name), _("backup of PostgreSQL")) for name in ("pg_dump", "pg_restore")
        ]
    for name, path, purpose in wanted:
        if path is not None:
            yield Check(name, "ok", f"{path}: {purpose}")
        else:
            package = "postgresql-client" if name.startswith("pg_") else name
            yield Check(
                name, "warning", _("missing: {purpose}").format(purpose=purpose), f"apt install {package}"
            )


def scans(_hub: Hub) -> Iterator[Check]:
    """Whether scans can be read; without OCR they wait in review and nothing is lost."""
    lacking = tesseract.lacking()
    if not lacking:
        yield Check("OCR", "ok", _("tesseract reads scans in Vietnamese"))
        return
    package = "tesseract-ocr-vie" if lacking == tesseract.LANGUAGE else "tesseract-ocr tesseract-ocr-vie"
    text = (
        _("tesseract has no Vietnamese: scans wait unread in review")
        if lacking == tesseract.LANGUAGE
        else _("tesseract is missing: scans wait unread in review")
    )
    remedy = _("apt install {package}, start the hub anew, then vanthu review read CASE")
    yield Check("OCR", "warning", text, remedy.format(package=package))


def virus_scanner(hub: Hub) -> Iterator[Check]:
    """Whether clamd answers, and how old its signatures are; without it every file is "not scanned"."""
    clamd = antivirus.of(hub.config)
    name = _("antivirus")
    if clamd is None:
        yield Check(name, "ok", _("none: every file counts as not scanned; set checks.clamd to use clamd"))
        return
    try:
        program, signatures = clamd.version()
    except OSError as error:
        seen = _("clamd does not answer at {address}: {error}")
        remedy = _("start clamav-daemon; until then every file counts as not scanned")
        yield Check(name, "error", seen.format(address=hub.config.checks.clamd, error=error), remedy)
        return
    if fresh(signatures, hub.now(), hub.config.checks.clamd_oldest_days):
        day = f"{hub.local(signatures):%Y-%m-%d}" if signatures else ""
        yield Check(name, "ok", _("{program}, signatures of {day}").format(program=program, day=day))
    else:
        seen = _("{program}: its signatures are old or have no date, so no file counts as clean")
        yield Check(name, "warning", seen.format(program=program), _("run freshclam"))


def readers(_hub: Hub) -> Iterator[Check]:
    """Whether a reading child starts, and whether it gave its network up."""
    child = ReadingChild(DEFAULT)
    try:
        network = child.greet()
    except ChildDied as error:
        yield Check(_("readers"), "error", str(error), _("see the log; the package may be incomplete"))
        return
    finally:
        child.bury()
    if network:
        remedy = _("allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1)")
        yield Check(_("readers"), "warning", _("files are read with a network within reach"), remedy)
    elif child.confined:
        seen = _("files are read without a network, and nothing but the file is within reach")
        yield Check(_("readers"), "ok", seen)
    else:
        yield Check(_("readers"), "ok", _("files are read without a network"))
    if not child.confined:
        seen = _("files are read with all files of the hub within reach: this kernel has no Landlock")
        remedy = _("start a kernel from 5.13 on with lsm=landlock,...")
        yield Check(_("readers"), "warning", seen, remedy)
