"""What the first document would otherwise wait for: tables built, templates read, calendars counted."""

from __future__ import annotations

import logging
from datetime import timedelta

from hub import render
from hub.context import Hub

log = logging.getLogger("vanthu.warm")


def warm(hub: Hub) -> None:
    """Ask each slow beginner once. Building a year's lunar holidays alone takes half a second."""
    directory, today = hub.directory, hub.today()
    directory.by_name("-", today)
    directory.suggest("-")
    directory.intake(f"congvan@{hub.config.domain}")
    hub.calendar.working_day(today)
    hub.calendar.working_day(today + timedelta(days=60))
    render.prepare(hub.config.organisation.language)
    log.debug("warm")
