"""The local socket: commands that change things are handed to the running hub.

On SQLite one running hub writes. A command finds its socket in the data folder,
or takes the writing lock and works itself when nobody listens. The socket is
reachable by the owner of the data folder only.
"""

from __future__ import annotations

import logging
import os
import pwd
import socket
import struct
import threading
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy.exc import DBAPIError

from hub.context import Hub
from hub.desk import commands, gate
from hub.desk.refused import Denied, Refused
from hub.texts import _, speaking

log = logging.getLogger("vanthu.control")
SOCKET = "control.sock"
LONGEST = 64 << 20
TIMEOUT = 120.0
LONGEST_PATH = 100  # bytes a socket's path may have


class NobodyListens(Exception):
    """No hub runs on this data folder, or this machine is not where it runs."""


class Request(msgspec.Struct, frozen=True):
    """One command with its arguments and the one who gave it."""

    command: str
    actor: str  # console:<os user>
    arguments: dict[str, Any]
    language: str = "vi"  # of the one who reads the answer
    person: str = ""  # as whom, by --as


class Reply(msgspec.Struct, frozen=True):
    """What the command gave, or one clear sentence why not."""

    result: Any = None
    error: str = ""
    denied: bool = False


class ControlSocket:
    """The running hub's end."""

    def __init__(self, hub: Hub, stop: threading.Event) -> None:
        self._hub = hub
        self._stop = stop
        self._path = hub.data / _name(hub)
        self._server: socket.socket | None = None

    def start(self) -> None:
        """Listen. A socket that a dead hub left behind is replaced."""
        self._path.unlink(missing_ok=True)
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with _short(self._path) as path:
            server.bind(path)
        os.chmod(self._path, 0o600)
        server.listen(16)
        self._server = server
        threading.Thread(target=self._serve, args=(server,), name="control", daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
            self._path.unlink(missing_ok=True)

    def _serve(self, server: socket.socket) -> None:
        while not self._stop.is_set():
            try:
                connection, _peer = server.accept()
            except OSError:  # because close() ends accept() this way
                return
            with connection:
                connection.settimeout(TIMEOUT)
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        try:
            request = msgspec.json.decode(_receive(connection), type=Request)
            reply = perform(self._hub, msgspec.structs.replace(request, actor=_at_the_other_end(connection)))
            connection.sendall(msgspec.json.encode(reply))
        except (OSError, msgspec.DecodeError) as error:
            log.warning("a command was not understood or its caller went away: %s", error)


def perform(hub: Hub, request: Request) -> Reply:
    """Run one command of the desk here."""
    try:
        with speaking(request.language):
            actor = gate.who(hub, request.actor, request.person)
            return Reply(result=commands.perform(hub, actor, request.command, request.arguments))
    except Denied as error:
        return Reply(error=str(error), denied=True)
    except Refused as error:
        return Reply(error=str(error))
    except DBAPIError as error:
        log.warning("%s: %s", request.command, error)
        return Reply(error=_("the database does not answer: {error}").format(error=error.orig))
    except Exception as error:  # because one command's fault must not end the answering of others
        log.exception("%s", request.command)
        return Reply(error=_("{command} failed: {error}").format(command=request.command, error=error))


def hand_over(data: Path, request: Request) -> Reply:
    """Ask the running hub. Raises NobodyListens."""
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    client.settimeout(TIMEOUT)
    try:
        with client, _short(data / SOCKET) as path:
            client.connect(path)
            client.sendall(msgspec.json.encode(request))
            client.shutdown(socket.SHUT_WR)
            return msgspec.json.decode(_receive(client), type=Reply)
    except (FileNotFoundError, ConnectionRefusedError) as error:
        raise NobodyListens(str(data)) from error


def _name(hub: Hub) -> str:
    """The first process of a data folder answers commands; further ones keep a socket of their own."""
    number = hub.instance.rpartition("#")[2]
    parts = hub.instance.rpartition("+")[2].partition("#")[0] if "+" in hub.instance else ""
    return SOCKET if number == "1" and not parts else f"control-{parts or 'all'}-{number}.sock"


def _at_the_other_end(connection: socket.socket) -> str:
    """Who holds the other end, as the kernel says it and not as the request does."""
    _process, user, _group = struct.unpack(
        "3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    )
    try:
        return f"{gate.CONSOLE}{pwd.getpwuid(user).pw_name}"
    except KeyError:  # because a container's user need not stand in its password file
        return f"{gate.CONSOLE}{user}"


def _receive(connection: socket.socket) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := connection.recv(1 << 16):
        size += len(piece)
        if size > LONGEST:
            raise OSError("too much for one command")
        pieces.append(piece)
    return b"".join(pieces)


class _short:
    """A socket's path under the kernel's limit, through the folder's descriptor where it is long."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._folder: int | None = None

    def __enter__(self) -> str:
        if len(os.fsencode(self._path)) <= LONGEST_PATH:
            return str(self._path)
        self._folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        return f"/proc/self/fd/{self._folder}/{self._path.name}"

    def __exit__(self, *_exception: object) -> None:
        if self._folder is not None:
            os.close(self._folder)
