"""PROMISES S13: what a hostile coordinator wrote does not slow the hub down for everybody's documents."""

import time
from datetime import date

from hub.founding import sample_text
from rules.routing.language import RuleErrors, parse
from tests.hub.stages import Stages
from tests.journeys.house import person
from tests.journeys.papers import text_file
from tests.rules.test_rule_hostility import PAYLOADS, quoted
from tests.rules.test_rule_payloads import BACKTRACKING, FORMATS

DAY = date(2026, 11, 20)
DOCUMENTS = 20
SLOWER = 2.0  # times at most: a few dozen patterns are asked of each text, and processors are noisy


def accepted(bodies: list[str]) -> list[str]:
    """The rules that are not refused."""
    found = []
    for number, body in enumerate(bodies):
        rule = f'[[rule]]\nname = "p{number}"\n{body}\n'
        try:
            parse(f'[set]\nname = "x"\n{rule}', file="x")
        except RuleErrors:
            continue
        found.append(rule)
    return found


def p95(stages: Stages, first: int) -> float:
    """Seconds of the processor for one document, from its mail to its deliveries."""
    took = []
    for number in range(first, first + DOCUMENTS):
        started = time.process_time()
        stages.mail(person("anhttn"), [text_file("sotuphap", f"{number}/STP-VP", day=DAY)])
        took.append(time.process_time() - started)
        assert stages.receivers(stages.document(f"{number}/STP-VP")["id"])
    return sorted(took)[round(0.95 * len(took)) - 1]


def test_payloads_in_force_leave_other_documents_as_quick_as_before(stages: Stages) -> None:
    bodies = [f"when.text.pattern = {quoted(pattern)}\nthen.label = 'x'" for pattern in BACKTRACKING]
    bodies += [f"when.subject = {quoted(f)}\nthen.hold = {quoted(f)}" for f in (*PAYLOADS, *FORMATS)]
    hostile = accepted(bodies)
    assert len([rule for rule in hostile if "pattern" in rule]) >= 15 and len(hostile) >= 100
    p95(stages, 100)  # what is built at the first documents
    before = p95(stages, 200)
    stages.act("rules.publish", source=sample_text("rules.toml") + "\n" + "".join(hostile), comment="x")
    after = p95(stages, 300)
    assert after < SLOWER * before, (before, after)
