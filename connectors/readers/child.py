"""A reading child: it parses foreign bytes so that the hub's process never does.

It speaks frames on stdin and stdout, has no network, little memory, and is
replaced after a number of parcels. Started by ``pool``.
"""

import gc
import os
import sys
from pathlib import Path

import msgspec

from connectors.readers import landlock, parcel, pdfium, sandbox, wire
from connectors.readers.limits import ReadLimits

YOUNG_OBJECTS = 20_000  # a page makes thousands of words, and none of them is garbage in a cycle


def main(limits_json: str, room: str) -> None:
    """Serve until stdin ends. ``limits_json`` is a ReadLimits; ``room`` is the only folder with data."""
    limits = msgspec.json.decode(limits_json.encode(), type=ReadLimits)
    sandbox.die_with_parent()
    asks, answers = _own_pipes()
    network = not sandbox.drop_network()
    pdfium.start()
    sandbox.restrict(limits)
    confined = sandbox.confine([(room, landlock.CHANGE)])
    gc.set_threshold(YOUNG_OBJECTS)
    gc.freeze()  # what was imported stays, so the collector need not look at it
    _send(answers, wire.Hello(os.getpid(), network, confined))
    while (body := _receive(asks)) is not None:
        _send(answers, _serve(wire.decode_ask(body), limits, answers))


def _own_pipes() -> tuple[int, int]:
    """Keep the pipes for frames alone: what a library prints goes to stderr."""
    asks, answers = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(2, 1)
    os.close(null)
    return asks, answers


def _serve(ask: wire.Ask, limits: ReadLimits, answers: int) -> wire.Answer:
    sandbox.grant_processor(limits.cpu_seconds)
    try:
        if ask.kind == "grid":
            return _cells(ask)
        return _scanned(ask, limits) if ask.kind in ("scan", "cut") else _read(ask, limits, answers)
    except MemoryError:
        return wire.Failed("memory-limit", transient=False, retire=True)
    except OSError as error:  # the disk or the job folder: not the parcel's fault
        return wire.Failed(f"{type(error).__name__}: {error}"[:300], transient=True)


def _cells(ask: wire.Ask) -> wire.Answer:
    from connectors.readers import grid  # late, because most children never see a form

    try:
        return wire.Cells(grid.read_grids(Path(ask.path)))
    except grid.NoWorkbook as error:
        return wire.Failed(str(error), transient=False)


def _scanned(ask: wire.Ask, limits: ReadLimits) -> wire.Answer:
    from connectors.scans import cut, page  # late, because most children never see a scan
    from connectors.scans.picture import NoPicture

    if ask.kind == "cut":
        try:
            return wire.Cut(cut.cut(Path(ask.path), ask.media_type, ask.pages, Path(ask.job_dir)))
        except NoPicture as error:
            return wire.Failed(str(error), transient=False)
    request = page.Request(
        Path(ask.path), ask.media_type, ask.offset, Path(ask.job_dir), limits.seconds * 0.9
    )
    return wire.Scanned(page.read(request))


def _read(ask: wire.Ask, limits: ReadLimits, answers: int) -> wire.Answer:
    job = parcel.Job(ask, limits, lambda ordinal: _send(answers, wire.At(ordinal)))
    return wire.Done(parcel.read_parcel(job), job.retire)


def _send(pipe: int, message: wire.Answer) -> None:
    view = memoryview(wire.frame(message))
    while view:
        view = view[os.write(pipe, view) :]


def _receive(pipe: int) -> bytes | None:
    """The next frame's body, or None at the end."""
    prefix = _exactly(pipe, wire.PREFIX.size)
    if prefix is None:
        return None
    (length,) = wire.PREFIX.unpack(prefix)
    return _exactly(pipe, length)


def _exactly(pipe: int, length: int) -> bytes | None:
    data = bytearray()
    while len(data) < length:
        more = os.read(pipe, length - len(data))
        if not more:
            return None
        data += more
    return bytes(data)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
