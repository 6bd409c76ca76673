"""What the mail about an account says, as a value; its words are in templates/mail."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from hub.notices import Hub


@dataclass(frozen=True, slots=True)
class SourceTrouble:
    """To the administrators: mail of this account does not come in, or soon will not.

    ``code`` is one of hub.fetching.health.TROUBLES, ``detail`` the other side's own words.
    """

    template: ClassVar[str] = "source_trouble"
    hub: Hub
    account: str
    user: str
    host: str
    code: str
    what: str
    detail: str
    since: datetime | None
    last_success: datetime | None
    expires: date | None


SourceNotice = SourceTrouble
