"""What an antivirus said of a file: clean is said only where nothing stood in the way."""

from dataclasses import dataclass

CLEAN, INFECTED, NOT_SCANNED = "clean", "infected", "not scanned"


@dataclass(frozen=True, slots=True)
class Scan:
    """``state`` is ``clean``, ``infected`` or ``not scanned``; ``detail`` the malware's name, or why not."""

    state: str
    detail: str = ""

    def __str__(self) -> str:
        """As it is stored and shown: "infected Eicar-Test-Signature"."""
        return f"{self.state} {self.detail}".rstrip()
