"""The socket of the web application: uvicorn in a thread of the hub, brought up and taken down with it."""

from __future__ import annotations

import logging
import socket
import threading
import time

import uvicorn

from hub.context import Hub
from hub.web.app import build

log = logging.getLogger("vanthu.web")
MOST_CONNECTIONS = 200
STOP_SECONDS = 5.0


class WebListener:
    """Listens from ``start`` until ``close``."""

    def __init__(self, hub: Hub) -> None:
        web = hub.config.web
        self._address = (web.host, web.port)
        config = uvicorn.Config(
            build(hub),
            log_config=None,
            access_log=False,  # because links carry secrets
            server_header=False,
            date_header=True,
            lifespan="off",
            ws="none",
            limit_concurrency=MOST_CONNECTIONS,
            timeout_keep_alive=10,
            timeout_graceful_shutdown=int(STOP_SECONDS),
            h11_max_incomplete_event_size=16 << 10,
        )
        self._server = uvicorn.Server(config)
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Open the port. Raises OSError when it cannot be had."""
        family = socket.AF_INET6 if ":" in self._address[0] else socket.AF_INET
        self._socket = socket.create_server(self._address, family=family, backlog=128)
        self._thread = threading.Thread(target=self._run, name="web", daemon=True)
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(0.005)

    @property
    def port(self) -> int:
        """Where it listens; of interest when any free port was asked for."""
        return int(self._socket.getsockname()[1]) if self._socket is not None else 0

    def close(self) -> None:
        """Finish the answers under way, then stop listening."""
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(timeout=STOP_SECONDS + 2)
        if self._socket is not None:
            self._socket.close()

    def _run(self) -> None:
        assert self._socket is not None
        self._server.run(sockets=[self._socket])
