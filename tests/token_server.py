"""A server that gives out OAuth 2.0 tokens as it is told (RFC 6749)."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class TokenServer(HTTPServer):
    """Gives out tokens as it is told, and keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.answers: list[tuple[int, Any]] = []
        self.asked: list[dict[str, str]] = []
        self.owners: dict[str, str] = {}  # whose an access token is, for who asks (RFC 7662)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/token"


class Answering(BaseHTTPRequestHandler):
    server: TokenServer

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append({name: values[0] for name, values in parse_qs(form).items()})
        code, answer = self.server.answers.pop(0)
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self._say(code, content)

    def _say(self, code: int, content: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        token = parse_qs(urlsplit(self.path).query).get("token", [""])[0]
        owner = self.server.owners.get(token)
        answer = {"active": owner is not None} | ({"username": owner} if owner else {})
        self._say(200, json.dumps(answer).encode())

    def log_message(self, *_words: Any) -> None:
        """Nothing on the test's output."""


@contextmanager
def token_server() -> Iterator[TokenServer]:
    """Served by a thread."""
    server = TokenServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
