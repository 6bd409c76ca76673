"""R14: whatever way a scanner writes, each file is taken once, whole."""

import hashlib
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.tables.arrivals import arrivals
from tests.faults.conftest import SOAK, HubMaker
from tests.faults.ledger import open_database, wait_until_settled

pytestmark = [pytest.mark.fault, pytest.mark.timeout(600)]
FILES, WRITERS = (1000 if SOAK else 200), 8
GONE_SECONDS = 60.0


def _pdf(number: int) -> bytes:
    """A small whole PDF that no other number gives."""
    filling = random.Random(number).randbytes(600).hex().encode()
    body = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n%" + filling + b"\n"
    )
    end = b"xref\n0 1\n0000000000 65535 f \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return body + end % len(body)


def _at_once(folder: Path, name: str, data: bytes) -> None:
    (folder / name).write_bytes(data)


def _renamed_in(folder: Path, name: str, data: bytes) -> None:
    draft = folder / f"{name}.filepart"
    draft.write_bytes(data[: len(data) // 2])
    time.sleep(0.2)
    with draft.open("ab") as file:
        file.write(data[len(data) // 2 :])
    draft.rename(folder / name)


def _opened_five_times(folder: Path, name: str, data: bytes) -> None:
    size = len(data) // 5 + 1
    for start in range(0, len(data), size):
        with (folder / name).open("ab") as file:
            file.write(data[start : start + size])
        time.sleep(0.25)


def _with_a_long_rest(folder: Path, name: str, data: bytes) -> None:
    """Rests longer than the hub waits for a file to settle: only its end mark tells that it grows on."""
    with (folder / name).open("wb", buffering=0) as file:
        file.write(data[:700])
        time.sleep(1.2)
        file.write(data[700:])


def _sized_first(folder: Path, name: str, data: bytes) -> None:
    """As SMB copies: the full size at once, the bytes later."""
    with (folder / name).open("wb", buffering=0) as file:
        os.ftruncate(file.fileno(), len(data))
        time.sleep(0.4)
        file.write(data)


def _under_one_name(folder: Path, name: str, data: bytes) -> None:
    """The device always writes scan.pdf, within the second in which the last one went."""
    target = folder / f"scan-{threading.get_ident()}.pdf"
    until = time.monotonic() + GONE_SECONDS
    while target.exists():
        assert time.monotonic() < until, "the file of the same name was not taken"
        time.sleep(0.02)
    target.write_bytes(data)


HABITS: tuple[Callable[[Path, str, bytes], None], ...] = (
    _at_once, _renamed_in, _opened_five_times, _with_a_long_rest, _sized_first, _under_one_name,
)  # fmt: skip


def test_scanned_files_are_taken_once_and_whole(make_hub: HubMaker) -> None:
    hub = make_hub()
    folder = hub.data / "scan" / "sonoivu" / "incoming"
    files = {number: _pdf(number) for number in range(FILES)}
    hub.start()
    hub.ready()
    waiting = iter(sorted(files))
    lock = threading.Lock()

    def write() -> None:
        while True:
            with lock:
                number = next(waiting, None)
            if number is None:
                return
            HABITS[number % len(HABITS)](folder, f"scan-{number:04d}.pdf", files[number])

    writers = [threading.Thread(target=write) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    took = wait_until_settled(hub.data, FILES, 120)
    hub.stop()
    database = open_database(hub.data)
    with database.reading() as connection:
        came = Counter(connection.execute(select(arrivals.c.sha256)).scalars())
    database.close()
    wanted = Counter(hashlib.sha256(data).hexdigest() for data in files.values())
    print(f"R14: {came.total()} arrivals of {FILES} files, {took:.1f} s after the last was written")
    assert came == wanted
    assert not [path for path in folder.iterdir() if path.suffix == ".pdf"]
