"""A writing child: it makes one numbered copy, with the limits of a reading child, and ends.

Started by ``aside``. Foreign bytes are taken apart here and not in the hub's process.
"""

import sys
from pathlib import Path

import msgspec

from connectors.readers import landlock, pdfium, sandbox
from connectors.readers.limits import ReadLimits
from connectors.writers.numbered import numbered
from connectors.writers.outcome import CannotNumber
from rules.values.numbering import Mark


class Ask(msgspec.Struct, frozen=True):
    """What is to be copied where, and what the copy bears."""

    source: str
    target: str
    media_type: str
    mark: Mark
    limits: ReadLimits


class Answer(msgspec.Struct, frozen=True):
    """How the copy bears its number, or the code of why there is none."""

    how: str = ""
    cannot: str = ""


def main(ask_json: str) -> None:
    """Make the copy and say on the standard output what became of it."""
    ask = msgspec.json.decode(ask_json.encode(), type=Ask)
    sandbox.die_with_parent()
    sandbox.drop_network()
    pdfium.start()
    sandbox.restrict(ask.limits)
    sandbox.confine([(ask.source, landlock.READ), (str(Path(ask.target).parent), landlock.CHANGE)])
    sandbox.grant_processor(ask.limits.cpu_seconds)
    sys.stdout.buffer.write(msgspec.json.encode(_made(ask)))


def _made(ask: Ask) -> Answer:
    try:
        copy = numbered(Path(ask.source).read_bytes(), ask.media_type, ask.mark)
        Path(ask.target).write_bytes(copy.content)
    except CannotNumber as error:
        return Answer(cannot=str(error))
    except MemoryError:
        return Answer(cannot="memory-limit")
    return Answer(how=copy.how)


if __name__ == "__main__":
    main(sys.argv[1])
