"""The mail domains: what DNS says against what it should say, and whether mails are signed."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.checks.resolver import DnsResolver
from hub.context import Hub
from hub.doctor.check import Check, some
from hub.mailboxes.dns import Looked, look, mail_domains, public_keys
from hub.texts import N_, _
from rules.mailboxes.dns_records import MailDomain, Purpose, Standing, records

# Without these mail does not come, or is thrown away elsewhere; the others are a convenience.
NEEDED = (Purpose.MX, Purpose.SPF, Purpose.DKIM, Purpose.DMARC)
WORDS = {
    Standing.MISSING: N_("missing: {names}"),
    Standing.OTHER: N_("stands otherwise: {names}"),
    Standing.DOUBLE: N_("stands twice, which counts as nothing: {names}"),
}


def signatures(hub: Hub) -> Iterator[Check]:
    """Every domain needs a key where mail goes out to the world."""
    without, broken = [], False
    for domain in hub.config.organisation.domains:
        try:
            if not public_keys(hub, domain):
                without.append(domain)
        except ValueError as error:
            broken = True
            yield Check(_("signatures"), "error", str(error), _("make a new key: vanthu dkim new"))
    if without and hub.config.delivery.smarthost:
        text = _("mails of {domains} leave unsigned").format(domains=some(without))
        yield Check(_("signatures"), "warning", text, _("make a new key: vanthu dkim new"))
    elif not without and not broken:
        yield Check(_("signatures"), "ok", _("mails that leave are signed (DKIM)"))


def names(hub: Hub) -> Iterator[Check]:
    """Ask DNS; not where the hub is told to ask nothing."""
    if not hub.config.checks.dns:
        yield Check("DNS", "ok", _("not asked, because checks.dns is false"))
        return
    resolver = hub.dns or DnsResolver(seconds=hub.config.checks.timeout_seconds / 2)
    for domain in mail_domains(hub):
        yield from _of(domain, look(resolver, records(domain)))


def _of(domain: MailDomain, looked: list[Looked]) -> Iterator[Check]:
    name = f"DNS {domain.name}"
    silent = [item.record.name for item in looked if item.standing is None]
    if silent:
        text = _("no answer about {names}").format(names=some(silent))
        yield Check(name, "warning", text, _("look at the name servers of this machine"))
    for standing, words in WORDS.items():
        wrong = [item for item in looked if item.standing is standing]
        for needed in (True, False):
            group = [item.record for item in wrong if (item.record.purpose in NEEDED) is needed]
            if group:
                listed = some([f"{record.name} ({record.kind})" for record in group])
                remedy = _("publish what vanthu dns prints")
                yield Check(name, "error" if needed else "warning", _(words).format(names=listed), remedy)
    if all(item.standing is Standing.RIGHT for item in looked):
        yield Check(name, "ok", _("{count} records are right").format(count=len(looked)))
