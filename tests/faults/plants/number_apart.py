"""Planted: a number is committed before the line that uses it."""

import time

from sqlalchemy import Connection

from storage import registers
from storage.registers import BookKey

BETWEEN_SECONDS = 0.2


def plant() -> None:
    real = registers.take_next

    def apart(connection: Connection, key: BookKey) -> tuple[int, int]:
        taken = real(connection, key)
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        time.sleep(BETWEEN_SECONDS)
        return taken

    registers.take_next = apart
