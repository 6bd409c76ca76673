"""The transport of a hub without a smarthost: it says so, every time."""

from connectors.transports import reasons
from rules.values.sending import Address, Failed, Outbound, Outcome


class Nowhere:
    """Takes nothing out; the delivery fails with words that tell a person what is missing."""

    def __init__(self, why: str = reasons.NO_SMARTHOST) -> None:
        self._why = why

    def deliver(self, key: str, to: Address, parcel: Outbound) -> Outcome:
        return Failed(self._why)
