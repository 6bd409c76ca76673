"""Registers documents until told to stop: ``register.py URL NAME COUNT BOOKS``; prints what committed.

Every twentieth transaction is rolled back at its end. It prints after the
commit, so a killed writer has committed what it printed, and at most one more.
"""

import sys

from registrations import register

from storage.engine import Database

url, name, count, books = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
database = Database(url, pool_size=2)
for turn in range(count):
    number = register(database, name, turn, books)
    print("registered" if number is not None else "rolled-back", number, flush=True)
database.close()
