"""An answer kept as another name: from which day on it counts, so that no other day's document is misread."""

from datetime import date, timedelta

from rules.directory import Directory
from rules.values.directory import Name


class MeansAnother(Exception):
    """On the document's day or later the name is somebody else's; the argument is that party's code."""


def kept_name(directory: Directory, party: str, text: str, day: date) -> Name | None:
    """The name by which ``text`` means ``party`` on ``day`` and after; None when it does already.

    Who bore the name before keeps it for their own days. Raises MeansAnother.
    """
    if directory.by_name(text, day) == (party,):
        return None
    since: date | None = None
    for bearer, _start, end in directory.bearers(text):
        if bearer == party:
            continue
        if end is None or end >= day:
            raise MeansAnother(bearer)
        since = max(since or date.min, end + timedelta(days=1))
    return Name(text, since)
