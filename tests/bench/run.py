"""Runs the benches: ``python tests/bench/run.py [name ...]``.

A bench is a module here with ``run() -> list[Figure]``. Prints a table, then
one JSON line per figure; ends with 1 when a figure misses its bound.
"""

import importlib
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

BENCHES = ("accept", "chain", "scale", "deliver", "rules", "mailbox", "scan", "report")
# Because modules called rules or mailbox would hide what is imported under these names.
MODULES = {"rules": "rules_at_scale", "mailbox": "local_mailboxes"}


def main(names: list[str]) -> int:
    figures = []
    for name in names or BENCHES:
        print(f"-- {name}", flush=True)
        figures += importlib.import_module(MODULES.get(name, name)).run()
    print(f"\n{'figure':<44}{'value':>10} {'unit':<8}{'anchor':>10}{'ratio':>8}  bound")
    for figure in figures:
        print(figure.row())
    print()
    for figure in figures:
        print(figure.line())
    return int(any(figure.reached is False for figure in figures))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
