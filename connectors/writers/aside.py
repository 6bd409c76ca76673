"""Numbered copies made by a process of their own: slower than a warm child, and seldom needed."""

import subprocess
import sys
from pathlib import Path

import msgspec

import connectors
from connectors.readers.limits import DEFAULT, ReadLimits
from connectors.writers.child import Answer, Ask
from connectors.writers.outcome import CannotNumber
from rules.values.numbering import Mark

_BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from connectors.writers.child import main; main(sys.argv[2])"
)


def number_aside(
    source: Path, target: Path, media_type: str, mark: Mark, limits: ReadLimits = DEFAULT
) -> str:
    """Write the numbered copy of ``source`` to ``target``; how it bears the number.

    Raises CannotNumber with a code (``time-limit`` and ``crashed`` among them).
    """
    ask = Ask(str(source), str(target), media_type, mark, limits)
    root = str(Path(connectors.__file__).resolve().parent.parent)
    command = [sys.executable, "-I", "-c", _BOOT, root, msgspec.json.encode(ask).decode()]
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}  # nothing of the hub's secrets
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=limits.seconds,
            cwd="/",
            env=environment,
            check=True,
        )
        answer = msgspec.json.decode(done.stdout, type=Answer)
    except subprocess.TimeoutExpired as error:
        raise CannotNumber("time-limit") from error
    except (subprocess.CalledProcessError, msgspec.DecodeError) as error:
        raise CannotNumber("crashed") from error
    if answer.cannot:
        raise CannotNumber(answer.cannot)
    return answer.how
