"""One hub's workers as processes: claim until none is due: ``work.py URL INSTANCE WORKERS``."""

import os
import sys
from datetime import UTC, datetime

from storage import steps
from storage.engine import Database


def work(url: str, worker: str) -> None:
    """Do steps and say each with its stage and subject."""
    database = Database(url, pool_size=2)
    while (claim := steps.claim(database, ["register", "route"], worker, datetime.now(UTC))) is not None:
        with database.transaction() as connection:
            if claim.stage == "register":
                steps.enqueue(connection, "route", claim.subject, datetime.now(UTC))
            steps.finish(connection, claim)
        os.write(1, f"{claim.stage} {claim.subject}\n".encode())
    database.close()


url, instance, workers = sys.argv[1], sys.argv[2], int(sys.argv[3])
os.write(1, b"ready\n")
sys.stdin.readline()  # because all hubs shall begin at once
children = []
for number in range(workers):
    child = os.fork()
    if child == 0:
        work(url, f"{instance}/{number}")
        os._exit(0)
    children.append(child)
assert all(os.waitpid(child, 0)[1] == 0 for child in children)
