"""Ways through the handling states, progress of work, and when digests go out."""

from datetime import datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from rules.calendar import Calendar
from rules.digest import next_digest
from rules.progress import Progress, progress
from rules.records.handling import is_over, way
from rules.records.lifecycle import may_handle
from rules.vocabulary import Handling as H

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FRIDAY = datetime(2026, 11, 27, 10, 20, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("current", "new", "want"),
    [
        (None, H.RECEIVED, (H.RECEIVED,)),
        (H.ARRIVED, H.RECEIVED, (H.RECEIVED,)),
        (H.ARRIVED, H.REFUSED, (H.REFUSED,)),
        (H.ARRIVED, H.ASSIGNED, (H.RECEIVED, H.ASSIGNED)),
        (H.ARRIVED, H.DONE, (H.RECEIVED, H.DONE)),
        (H.RECEIVED, H.RECEIVED, ()),
        (H.RECEIVED, H.REFUSED, None),
        (H.REFUSED, H.RECEIVED, None),
        (H.DONE, H.IN_HAND, None),
        (H.DONE, H.RECALL_ASKED, (H.RECALL_ASKED,)),
        (H.RECALL_ASKED, H.DONE, None),
        (H.RECALL_AGREED, H.RECEIVED, None),
    ],
)
def test_ways(current: H | None, new: H, want: tuple[H, ...] | None) -> None:
    assert way(current, new) == want


def test_every_way_is_made_of_allowed_moves() -> None:
    for current, new in product((None, *H), H):
        at = current
        for step in way(current, new) or ():
            assert may_handle(at, step, None)
            at = step


def test_a_refused_recall_gives_back_the_state_before_it() -> None:
    assert way(H.RECALL_REFUSED, H.DONE, H.IN_HAND) == (H.DONE,)
    assert way(H.RECALL_REFUSED, H.DONE, H.ARRIVED) == (H.RECEIVED, H.DONE)
    assert is_over(H.RECALL_REFUSED, H.DONE) and not is_over(H.RECALL_REFUSED, H.IN_HAND)
    assert is_over(H.RECALL_AGREED) and not is_over(None)


@pytest.mark.parametrize(
    ("due", "ended", "want"),
    [
        (None, None, Progress.OPEN),
        (48, None, Progress.OPEN),
        (5, None, Progress.DUE_SOON),
        (-1, None, Progress.OVERDUE),
        (-1, -2, Progress.IN_TIME),
        (-3, -2, Progress.LATE),
        (None, -2, Progress.IN_TIME),
    ],
)
def test_progress(due: int | None, ended: int | None, want: Progress) -> None:
    def at(hours: int | None) -> datetime | None:
        return None if hours is None else FRIDAY + timedelta(hours=hours)

    assert progress(at(due), at(ended), FRIDAY) is want


@pytest.mark.parametrize(
    ("style", "moment", "want"),
    [
        ("hourly", FRIDAY, "27 11:00"),
        ("hourly", FRIDAY.replace(hour=6), "27 08:00"),
        ("hourly", FRIDAY.replace(hour=17, minute=30), "30 08:00"),
        ("daily", FRIDAY, "30 08:00"),
        ("daily", FRIDAY.replace(hour=7), "27 08:00"),
        ("daily", datetime(2026, 11, 23, 12, tzinfo=ZONE), "25 08:00"),  # the 24th is a holiday
    ],
)
def test_digests_keep_to_working_hours(style: str, moment: datetime, want: str) -> None:
    assert f"{next_digest(style, moment, Calendar()):%d %H:%M}" == want


def test_who_wants_everything_at_once_gets_no_digest() -> None:
    with pytest.raises(ValueError, match="at_once"):
        next_digest("at_once", FRIDAY, Calendar())
