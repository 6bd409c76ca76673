"""A server that speaks enough of the Telegram Bot API to try a bot for real, on loopback."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

TOKEN = "123456:" + "t" * 35
BOT = {"id": 1, "is_bot": True, "first_name": "Vanthu", "username": "vanthu_bot"}


class BotApi:
    """``say`` and ``press`` are what people do; ``sent`` is what the bot said."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.hook: dict[str, str] = {}
        self.refuse: dict[str, Any] | None = None  # the next sendMessage is answered so
        self._updates: list[dict[str, Any]] = []
        self._number = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.base = f"http://127.0.0.1:{self._server.server_port}/bot"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def say(self, chat: int, text: str, about: str = "", kind: str = "private") -> dict[str, Any]:
        message = _message(chat, text, kind)
        if about:
            message["reply_to_message"] = _message(chat, about, kind)
        return self._add({"message": message})

    def press(self, chat: int, data: str, about: str) -> dict[str, Any]:
        query = {"id": "q1", "from": _person(chat), "chat_instance": "x", "data": data}
        return self._add({"callback_query": {**query, "message": _message(chat, about, "private")}})

    def texts(self, chat: int) -> list[str]:
        return [item["text"] for item in self.sent if str(item["chat_id"]) == str(chat)]

    def _add(self, update: dict[str, Any]) -> dict[str, Any]:
        self._number += 1
        update = {"update_id": self._number, **update}
        self._updates.append(update)
        return update

    def answer(self, method: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.calls.append(method)
        if method == "getMe":
            return 200, {"ok": True, "result": BOT}
        if method == "getUpdates":
            offset = int(given.get("offset", 0))
            self._updates = [item for item in self._updates if item["update_id"] >= offset]
            if not self._updates:
                time.sleep(0.02)
            return 200, {"ok": True, "result": self._updates}
        if method == "sendMessage":
            if self.refuse is not None:
                refused, self.refuse = self.refuse, None
                return int(refused["error_code"]), {"ok": False, **refused}
            self.sent.append(given)
            return 200, {"ok": True, "result": _message(int(given["chat_id"]), given["text"], "private")}
        if method == "setWebhook":
            self.hook = given
        return 200, {"ok": True, "result": True}


def _person(chat: int) -> dict[str, Any]:
    return {"id": chat, "is_bot": False, "first_name": "Ai"}


def _message(chat: int, text: str, kind: str) -> dict[str, Any]:
    place = {"id": chat, "type": kind}
    return {"message_id": 7, "date": 1_790_000_000, "chat": place, "from": _person(chat), "text": text}


def _handler(api: BotApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            given: dict[str, Any] = {name: values[0] for name, values in parse_qs(body).items()}
            token, _slash, method = self.path.removeprefix("/bot").partition("/")
            known = token == TOKEN
            code, answer = api.answer(method, given) if known else (401, {"ok": False, "error_code": 401})
            data = json.dumps(answer).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    return Handler
