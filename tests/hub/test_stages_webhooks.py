"""Units with software of their own: signed posts, repeats, refusals, and a folder of packages."""

import base64
import dataclasses
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from connectors.readers import edxml as reader
from connectors.registry import TRANSPORTS
from hub import webhooks
from rules.values.edxml import Package
from storage import directory as directory_rows
from tests.hub.stages import Stages
from tests.journeys.house import person
from tests.journeys.papers import text_file

CLERK = person("anhttn")  # of sotuphap


class Listener:
    """A unit's software: keeps what it gets, answers as it is told."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((dict(self.headers.items()), body))
                self.send_response(outer.answers.pop(0) if outer.answers else 204)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/vanthu"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _headers, body in self.got]


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


@pytest.fixture
def hooked(stages: Stages, listener: Listener) -> Iterator[Stages]:
    """Both the sending and the receiving unit listen; soyte empties a folder."""
    hub = stages.hub
    both = [f"sotaichinh {listener.url}", f"sotuphap {listener.url}"]
    hub.config = dataclasses.replace(
        hub.config, exchange=dataclasses.replace(hub.config.exchange, webhooks=both)
    )
    post = TRANSPORTS["webhook"](webhooks.hooks(hub.config, hub.secret))
    hub.transports = {**hub.transports, "webhook": post}
    unit = dataclasses.replace(hub.directory.units["soyte"], channels=("mail", "folder"))
    directory = dataclasses.replace(hub.directory, units={**hub.directory.units, "soyte": unit})
    with hub.database.transaction() as connection:
        directory_rows.replace(connection, directory)
    hub.refresh()
    yield stages
    post.close()


def test_an_arrival_is_posted_signed_with_its_files(hooked: Stages, listener: Listener) -> None:
    name, content = text_file("sotuphap", "401/STP-VP")
    hooked.mail(CLERK, [(name, content)])
    ((headers, body),) = listener.got
    secret = webhooks.secret_of(hooked.hub.secret, "sotaichinh").encode()
    stamp = headers["X-Vanthu-Timestamp"]
    mac = hmac.new(secret, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["X-Vanthu-Signature"] == f"sha256={mac}"
    (event,) = listener.events()
    assert event["event"] == "document.arrived" and event["document"]["symbol"] == "401/STP-VP"
    assert event["delivery"]["unit"] == "sotaichinh" and event["delivery"]["number"] == 1
    assert base64.b64decode(event["files"][0]["content"]) == content


def test_what_a_receiver_does_is_posted_to_the_sender(hooked: Stages, listener: Listener) -> None:
    hooked.mail(CLERK, [text_file("sotuphap", "402/STP-VP")])
    (row,) = hooked.deliveries(hooked.document("402/STP-VP")["id"])
    hooked.act("deliveries.receive", delivery=row["id"])
    last = listener.events()[-1]
    assert last["event"] == "delivery.handled" and last["handling"] == "03"


def test_software_that_is_away_gets_it_later_under_the_same_key(hooked: Stages, listener: Listener) -> None:
    listener.answers = [503, 500]
    hooked.mail(CLERK, [text_file("sotuphap", "403/STP-VP")])
    for _try in range(3):
        hooked.forward(hours=1)
        hooked.work()
    assert len(listener.got) == 3
    assert len({headers["Idempotency-Key"] for headers, _body in listener.got}) == 1


def test_a_refusal_is_final_and_stops_nothing(hooked: Stages, listener: Listener) -> None:
    listener.answers = [400]
    hooked.mail(CLERK, [text_file("sotuphap", "404/STP-VP")])
    hooked.forward(hours=5)
    hooked.work()
    assert len(listener.got) == 1
    (row,) = hooked.deliveries(hooked.document("404/STP-VP")["id"])
    assert row["state"] == "delivered"


def test_a_unit_with_a_folder_gets_packages(hooked: Stages) -> None:
    hooked.mail(CLERK, [text_file("sotuphap", "405/STP-VP", to=["Sở Y tế"])])
    (file,) = (hooked.hub.data / "edxml" / "soyte" / "outgoing").glob("*.edxml")
    found = reader.read(file.read_bytes())
    assert isinstance(found, Package) and found.act.symbol == "405/STP-VP" and len(found.files) == 1
