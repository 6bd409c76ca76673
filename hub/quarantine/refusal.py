"""What whoever sends a marked subject reads in the dialogue (PROMISES S17)."""

from hub.settings import Config
from hub.texts import _, speaking


def secrecy_refusal(config: Config) -> str:
    """The reply behind its code, in the organisation's language; SMTP knows no accents."""
    with speaking(config.organisation.language):
        return _(
            "5.7.1 The subject bears a secrecy mark: such content may not travel by mail. Nothing was kept"
        )
