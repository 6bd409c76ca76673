"""Claims steps until none is due and prints each one's subject: ``work.py URL INSTANCE``."""

import sys
from datetime import UTC, datetime

from storage import steps
from storage.engine import Database

database = Database(sys.argv[1], pool_size=2)
print("ready", flush=True)
sys.stdin.readline()  # because all shall begin at once
while True:
    now = datetime.now(UTC)
    claim = steps.claim(database, ["register", "route"], f"{sys.argv[2]}/1", now)
    if claim is None:
        break
    with database.transaction() as connection:
        if claim.stage == "register":
            steps.enqueue(connection, "route", claim.subject, now)
        steps.finish(connection, claim)
    print(claim.stage, claim.subject, flush=True)
database.close()
