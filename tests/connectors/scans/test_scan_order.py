"""In which order the children read pages of several documents; the reading itself is not looked at."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.readers import kind
from connectors.scans import scanners
from connectors.scans.scanners import ScanFile, Scanners
from rules.values.reading import Page
from rules.values.scan import ScannedPage


class Order:
    """What the children were asked for; pages wait here until they are let go."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, int]] = []
        self._free = threading.Semaphore(0)

    def page(self, _pool: object, task: scanners._Task) -> ScannedPage:
        self.begun.append((task.file.path.name, task.index))
        assert self._free.acquire(timeout=20)
        return ScannedPage(Page(task.index + 1, task.file.path.name, source="ocr"))

    def let(self, count: int) -> None:
        self._free.release(count)


@pytest.fixture
def order(monkeypatch: pytest.MonkeyPatch) -> Iterator[Order]:
    made = Order()
    monkeypatch.setattr(scanners, "_page", made.page)
    yield made
    made.let(100)


def started(order: Order, count: int) -> None:
    waited = threading.Event()
    for _moment in range(400):
        if len(order.begun) >= count:
            return
        waited.wait(0.02)
    raise AssertionError(order.begun)


def reading(pool: Scanners, name: str, pages: int, urgent: bool) -> threading.Thread:
    file = ScanFile(Path(name), kind.TIFF, pages, Path())
    thread = threading.Thread(target=lambda: list(pool.read(file, lambda _page: urgent, lambda: None)))
    thread.start()
    return thread


def test_a_child_without_work_reads_the_second_page_beside_the_first(order: Order) -> None:
    pool = Scanners(2)
    thread = reading(pool, "a", 3, urgent=False)
    started(order, 2)
    assert sorted(order.begun) == [("a", 0), ("a", 1)]
    order.let(3)
    thread.join(10)
    pool.close()
    assert sorted(order.begun) == [("a", 0), ("a", 1), ("a", 2)]


def test_urgent_pages_overtake_and_none_is_read_twice(order: Order) -> None:
    pool = Scanners(1)
    slow = reading(pool, "slow", 6, urgent=False)
    started(order, 1)
    order.let(1)
    started(order, 2)  # the second page of the slow one is under way
    fast = reading(pool, "fast", 3, urgent=True)
    threading.Event().wait(0.2)
    for done in range(3, 10):
        order.let(1)
        started(order, done)
        threading.Event().wait(0.05)  # so that what follows the first page is in the queue
    order.let(10)
    slow.join(10)
    fast.join(10)
    pool.close()
    assert len(order.begun) == len(set(order.begun)) == 9
    assert order.begun[2] == ("fast", 0)
    # one page may have been taken while the urgent ones were put in
    assert {("fast", 1), ("fast", 2)} <= set(order.begun[3:6])
