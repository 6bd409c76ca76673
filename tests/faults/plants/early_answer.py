"""Planted: 250 while the parcel is still on its way to the spool."""

import threading
import time
from collections.abc import Sequence

from hub.intake import Intake
from rules.values.arrival import Accepted, Busy, Parcel

BEHIND_SECONDS = 0.1


def plant() -> None:
    real = Intake.accept_many

    def at_once(self: Intake, parcels: Sequence[Parcel]) -> Sequence[Accepted | Busy]:
        def later() -> None:
            time.sleep(BEHIND_SECONDS)
            real(self, parcels)

        threading.Thread(target=later, daemon=True).start()
        return [Accepted("planted") for _ in parcels]

    Intake.accept_many = at_once  # type: ignore[method-assign]
