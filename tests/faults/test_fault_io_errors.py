"""R7: after an I/O error on fsync nothing is acknowledged, the hub ends, and a new start goes on."""

import re
from itertools import count
from pathlib import Path

import pytest

from tests.faults.clerks import Clerks, letter
from tests.faults.conftest import SOAK, HubMaker
from tests.faults.ledger import audit
from tests.faults.strikes import end_in_order, no_strace, traced

pytestmark = [
    pytest.mark.fault,
    pytest.mark.timeout(900),
    pytest.mark.skipif(bool(no_strace()), reason=f"R7: {no_strace()}"),
]
POINTS = range(1, 31) if SOAK else range(1, 11)
INJECTED = re.compile(r"^\d+ +([\d.]+) .*EIO.*\(INJECTED\)", re.M)
GRACE_SECONDS = 0.5  # for an answer that was on its way when another thread met the error


def test_no_answer_after_an_io_error_and_a_new_start_has_everything(
    make_hub: HubMaker, tmp_path: Path
) -> None:
    hub, letters, acked = make_hub(), (letter(number) for number in count(1)), []
    struck, late = 0, 0
    for point in POINTS:
        record = tmp_path / f"trace-{point}"
        with traced(hub, "fsync,fdatasync", f"error=EIO:when={point}", record):
            clerks = Clerks([next(letters) for _ in range(8)], hub.port, threads=2, pause=0.1).start()
            code = hub.wait(8.0)
            clerks.stop()
        acked += clerks.acked
        found = INJECTED.search(record.read_text(errors="replace"))
        if found is None:
            continue
        struck += 1
        late += sum(at > float(found[1]) + GRACE_SECONDS for at in clerks.acked_at)
        assert code not in (None, 0), f"point {point}: the hub went on after EIO ({code}):\n{hub.words()}"
    last = Clerks([next(letters) for _ in range(3)], hub.port).start()
    end_in_order(hub, last, len(acked) + 3)
    found_all = audit(hub.data, [*acked, *last.acked])
    print(f"R7: {struck} of {len(POINTS)} points struck, {late} late answers,", found_all.figures)
    assert not found_all.problems()
    assert late == 0 and struck >= len(POINTS) * 0.7
