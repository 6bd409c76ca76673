"""What rules cost: a document by 10 and by 10,000 rules, loading 10,000, trying 1,000 on 10,000 documents.

CPU time of this process. The rules name words, issuers, types and symbols as coordinators do.
"""

import random
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from figure import Figure
from sqlalchemy import insert

from hub import trial
from hub.context import Hub
from hub.founding import found
from rules.directory import Directory, Unit
from rules.routing.decide import PublishedSet, decide
from rules.routing.index import build
from rules.routing.language import RuleSet, parse
from rules.values.routing import Facts
from rules.vocabulary import Direction, UnitKind
from storage.tables.documents import document_texts, documents

WORDS = (
    "đất đai môi trường ngân sách dự toán biên chế tổ chức cán bộ khiếu nại tố cáo y tế giáo dục đầu tư xây "
    "dựng giao thông quy hoạch nông nghiệp thủy lợi điện nước an ninh quốc phòng du lịch văn hóa thể thao"
)
SYLLABLES = tuple(WORDS.split())
DAY = date(2026, 11, 2)
MANY, TRIED, STORED, DOCUMENTS = 10_000, 1_000, 10_000, 300
ORGANISATION = Directory.of(units=[Unit(f"u{n}", f"Đơn vị {n}", UnitKind.DEPARTMENT) for n in range(300)])


def run() -> list[Figure]:
    """The figures of thousands of rules."""
    chance = random.Random(1)
    few, many = (_rules(chance, count, "u") for count in (10, MANY))
    facts = [_facts(chance, number) for number in range(DOCUMENTS)]
    cost = _cost(many, facts) - _cost(few, facts)
    return [
        Figure("rules.a_document_by_10000_beyond_10", cost, "ms", at_most=0.2),
        Figure("rules.load_10000", _loading(many.text), "s", at_most=1.0),
        Figure("rules.try_1000_on_10000_documents", _trying(chance), "s", at_most=10.0),
    ]


def _phrase(chance: random.Random, words: int) -> str:
    return " ".join(chance.choice(SYLLABLES) for _ in range(words))


def _rules(chance: random.Random, count: int, unit: str) -> RuleSet:
    lines = ['[set]\nname = "đo"']
    for number in range(count):
        words, code = _phrase(chance, 3), f"u{number % 200}"
        when = (
            f'issuer = "{code}", subject = ["{words} {number}"]',
            f'type = "Quyết định", text = {{ any = ["{words} {number}"], accents = false }}',
            f'issuer = "{code}", type = ["Công văn", "Báo cáo"], subject = "{words}"',
            f'symbol = "*/QĐ-U{number}"',
        )[number % 4]
        target = f"{unit}{number % 300}" if unit == "u" else unit
        then = f'send = "{target}", as = "information", due_days = 3'
        lines.append(f'[[rule]]\nname = "r{number}"\nwhen = {{ {when} }}\nthen = {{ {then} }}')
    return parse("\n".join(lines), file="bench")


def _facts(chance: random.Random, number: int) -> Facts:
    return Facts(
        Direction.OUTGOING,
        type=chance.choice(["Quyết định", "Công văn"]),
        issuer=f"u{chance.randrange(300)}",
        unit="u1",
        symbol=f"12/QĐ-U{number}",
        subject=_phrase(chance, 20),
        text=_phrase(chance, 900),
    )


def _cost(rules: RuleSet, facts: list[Facts]) -> float:
    """Milliseconds a document."""
    sets = (PublishedSet(rules, 1),)
    decide(facts[0], (), sets, ORGANISATION, DAY)
    start = time.process_time()
    for one in facts:
        decide(one, (), sets, ORGANISATION, DAY)
    return (time.process_time() - start) / len(facts) * 1000


def _loading(text: str) -> float:
    start = time.process_time()
    build(parse(text, file="bench").rules)
    return time.process_time() - start


def _trying(chance: random.Random) -> float:
    with tempfile.TemporaryDirectory() as folder:
        hub = found(Path(folder) / "hub", sample=True)
        _store(hub, chance)
        new = _rules(chance, TRIED, "soyte")
        start = time.process_time()
        with hub.database.reading() as connection:
            done = trial.try_rules(hub, connection, new, "", hub.now() - timedelta(days=30))
        spent = time.process_time() - start
        hub.database.close()
    if done.documents != STORED:
        raise RuntimeError(f"{done.documents} of {STORED} documents were tried")
    return spent


def _store(hub: Hub, chance: random.Random) -> None:
    block = [
        {"text": text, "kind": "named", "purpose": "", "source": "block", "parties": []}
        for text in ("Các sở, ban, ngành", "Sở Tư pháp")
    ]
    rows = [
        {
            "id": number,
            "direction": "outgoing",
            "status": "routed",
            "unit": "vpubnd",
            "issuer": "ubnd",
            "type": "Công văn",
            "symbol": f"{number}/UBND-TH",
            "subject": _phrase(chance, 20),
            "recipients": block,
            "date": DAY,
            "created_at": hub.now(),
            "sender_verdict": "authenticated",
        }
        for number in range(1, STORED + 1)
    ]
    texts = [{"document": row["id"], "text": _phrase(chance, 600)} for row in rows]
    with hub.database.transaction() as connection:
        connection.execute(insert(documents), rows)
        connection.execute(insert(document_texts), texts)
