"""The keys that sign mails of the hub's domains: made, taken into use, removed (DKIM).

A new key is published in DNS first and signs after that; an old one stays in DNS for some days.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connectors.writers.signing_keys import KeyRing, is_selector, new_key, read_ring, ring_file, write_ring
from hub.context import Hub
from hub.desk.refused import Refused
from hub.texts import _
from storage import journal
from storage.journal import Event

MOST_KEYS = 4


def make(hub: Hub, actor: str, *, domain: str = "", selector: str = "", use: bool = False) -> dict[str, Any]:
    """A new key. The first one of a domain signs at once, further ones when they are taken into use."""
    wanted = selector.strip().casefold()

    def act(ring: KeyRing) -> str:
        name = wanted or _free(hub, ring)
        if not is_selector(name):
            raise Refused(_("{selector} is no selector; write letters, digits and -").format(selector=name))
        if name in ring.keys:
            raise Refused(_("there is a key {selector} already").format(selector=name))
        if len(ring.keys) >= MOST_KEYS:
            raise Refused(_("{count} keys at most; remove an old one first").format(count=MOST_KEYS))
        ring.keys[name] = new_key()
        if use or not ring.active:
            ring.active = name
        return name

    return _changed(hub, actor, domain, "signing-key-made", act)


def use(hub: Hub, actor: str, *, selector: str, domain: str = "") -> dict[str, Any]:
    """From now on this key signs."""

    def act(ring: KeyRing) -> str:
        ring.active = _known(ring, selector)
        return ring.active

    return _changed(hub, actor, domain, "signing-key-used", act)


def remove(hub: Hub, actor: str, *, selector: str, domain: str = "") -> dict[str, Any]:
    """The key is gone; the one that signs stays."""

    def act(ring: KeyRing) -> str:
        name = _known(ring, selector)
        if name == ring.active:
            raise Refused(_("{selector} signs now; take another one into use first").format(selector=name))
        del ring.keys[name]
        return name

    return _changed(hub, actor, domain, "signing-key-removed", act)


def _changed(hub: Hub, actor: str, domain: str, event: str, act: Callable[[KeyRing], str]) -> dict[str, Any]:
    own = (domain or hub.config.domain).strip().casefold()
    if own not in {name.casefold() for name in hub.config.organisation.domains}:
        known = ", ".join(hub.config.organisation.domains)
        raise Refused(_("{domain} is no domain of this hub; known: {known}").format(domain=own, known=known))
    try:
        path = ring_file(hub.data, own)
        ring = read_ring(path)
    except (OSError, ValueError) as error:
        raise Refused(
            _("the keys of {domain} cannot be read: {error}").format(domain=own, error=error)
        ) from error
    selector = act(ring)
    with hub.database.transaction() as connection:  # one at a time: the file is replaced inside
        write_ring(path, ring)
        journal.append(connection, actor, [Event(event, f"domain:{own}", {"selector": selector})], hub.now())
    return {"domain": own, "selector": selector, "active": ring.active}


def _free(hub: Hub, ring: KeyRing) -> str:
    stem = f"vt{hub.today():%Y%m}"
    names = (stem, *(f"{stem}-{number}" for number in range(2, MOST_KEYS + 2)))
    return next(name for name in names if name not in ring.keys)


def _known(ring: KeyRing, selector: str) -> str:
    name = selector.strip().casefold()
    if name not in ring.keys:
        known = ", ".join(sorted(ring.keys)) or "-"
        raise Refused(_("there is no key {selector}; known: {known}").format(selector=name, known=known))
    return name


def first_keys(hub: Hub) -> None:
    """A key for each domain of a new hub."""
    for domain in hub.config.organisation.domains:
        make(hub, "init", domain=domain)
