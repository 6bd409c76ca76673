"""Writers as processes: ``register.py URL BOOKS WRITERS COUNT LIVES KILL_AFTER``.

In each life WRITERS children register COUNT documents each; after KILL_AFTER
lines of theirs (0: never) all of them are killed with SIGKILL. What a child
says it says after its commit. The parent forks, because importing anew for
each writer costs more than the whole test.
"""

import os
import signal
import sys

from registrations import register

from storage.engine import Database


def write(pipe: int, url: str, name: str, count: int, books: int) -> None:
    database = Database(url, pool_size=2)
    for turn in range(count):
        number = register(database, name, turn, books)
        os.write(pipe, b"rolled-back\n" if number is None else f"registered {number}\n".encode())
    database.close()


def live(url: str, books: int, writers: int, count: int, kill_after: int) -> None:
    reading, writing = os.pipe()
    children = []
    for number in range(writers):
        child = os.fork()
        if child == 0:
            write(writing, url, f"w{number}", count, books)
            os._exit(0)
        children.append(child)
    os.close(writing)
    with os.fdopen(reading) as lines:
        for seen, line in enumerate(lines, 1):
            print(line, end="", flush=True)
            if seen == kill_after:
                for child in children:
                    os.kill(child, signal.SIGKILL)
    for child in children:
        _pid, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == (-signal.SIGKILL if kill_after else 0), status


url, (books, writers, count, lives, kill_after) = sys.argv[1], map(int, sys.argv[2:7])
for _ in range(lives):
    live(url, books, writers, count, kill_after)
