"""What a bounce says: which address failed, and for how long."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """One address that a mail did not reach.

    ``status`` is RFC 3463's ("5.1.1"; "" where nobody says). ``delayed``: the other
    system still tries, so nothing is lost yet. ``complaint``: it arrived, and the
    receiver reported it as unwanted (RFC 5965). ``text`` is its own explanation, one line.
    """

    address: str
    status: str = ""
    delayed: bool = False
    text: str = ""
    complaint: bool = False

    @property
    def permanent(self) -> bool:
        """Trying this address again is of no use."""
        return not self.delayed and not self.complaint and not self.status.startswith("4")
