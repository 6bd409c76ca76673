"""The command line: ``vanthu``. Commands that change something are handed to the running hub."""

from __future__ import annotations

import sys


def main() -> None:
    """Run one command and end with its exit code."""
    from hub.cli.program import run  # late, so that looking at this package costs nothing

    sys.exit(run(sys.argv[1:]))
