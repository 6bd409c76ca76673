"""Every mail of the collections gets a stored result or a case of a person; none hurts a worker."""

import os
import time
from collections import Counter
from pathlib import Path

import pytest

from rules.values.arrival import Envelope
from rules.vocabulary import ArrivalState, SenderVerdict
from storage.tables.arrivals import arrivals
from tests.hub.stages import Stages
from tests.journeys.house import intake

SOAK = bool(os.environ.get("VANTHU_SOAK"))
CORPORA = Path(os.environ.get("VANTHU_CORPORA", Path(__file__).parents[2].parent / "shared" / "corpora"))
PATIENCE = 30.0  # seconds for one mail, as PROMISES S12 has it
UNDONE = {ArrivalState.RECEIVED}


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("verdict", [SenderVerdict.AUTHENTICATED, SenderVerdict.UNVERIFIED])
def test_every_collected_mail_has_a_result(stages: Stages, verdict: SenderVerdict) -> None:
    """In the short form every ninth of them."""
    folder = CORPORA / "mail"
    if not folder.is_dir():
        pytest.skip(f"no mails at {folder}")
    mails = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
    slow = []
    for path in mails[:: 1 if SOAK else 9]:
        began = time.monotonic()
        stages.arrive(_envelope(stages, verdict), path.read_bytes())
        if time.monotonic() - began > PATIENCE:
            slow.append(path.name)
    assert slow == [] and stages.parked() == []
    with stages.hub.database.reading() as connection:
        rows = connection.execute(arrivals.select()).all()
    states = Counter(row.state for row in rows)
    print("collected mails:", dict(states))
    assert sum(states.values()) >= 100 and not UNDONE & states.keys()
    waiting = [row.id for row in rows if row.state == ArrivalState.REVIEW]
    assert len(stages.cases("review")) >= len(waiting)


def _envelope(stages: Stages, verdict: SenderVerdict) -> Envelope:
    known = intake("sotaichinh") if verdict is SenderVerdict.AUTHENTICATED else None
    sender = known or "ai@do.example"
    now = stages.clock.now()
    return Envelope(
        "smtp", "smtp", now, mail_from=sender, recipients=(intake("soyte"),), person=known, verdict=verdict
    )
