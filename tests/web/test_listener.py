"""The web listener as strangers and watchers meet it: real sockets, strict headers, bounded bodies."""

import dataclasses
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from hub.app import open_hub
from hub.context import Hub
from hub.founding import found
from hub.serving import Service
from hub.web.listener import WebListener
from hub.web.shield import HEADERS, MOST_BYTES
from storage import steps


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    data = tmp_path_factory.mktemp("web") / "data"
    found(data, sample=True).database.close()
    made = open_hub(data)
    made.config = dataclasses.replace(made.config, web=dataclasses.replace(made.config.web, port=0))
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def client(hub: Hub) -> Iterator[httpx.Client]:
    listener = WebListener(hub)
    listener.start()
    port = listener.port
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as opened:
        yield opened
    listener.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 1)


def test_it_is_well(client: httpx.Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_every_answer_has_strict_headers(client: httpx.Client) -> None:
    for answer in (client.get("/healthz"), client.get("/nowhere"), client.post("/healthz")):
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert "server" not in answer.headers
    assert client.get("/nowhere").status_code == 404


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_it_does_not_describe_itself(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_body_that_is_too_long_is_refused_declared_or_not(client: httpx.Client) -> None:
    big = b"x" * (MOST_BYTES + 1)
    assert client.post("/healthz", content=big).status_code == 413
    assert client.post("/healthz", content=iter([big])).status_code == 413
    assert client.post("/healthz", content=big[:-1]).status_code == 405


def test_metrics_are_numbers_of_the_queues(hub: Hub, client: httpx.Client) -> None:
    with hub.database.transaction() as connection:
        steps.enqueue(connection, "register", 1, hub.now())
    text = client.get("/metrics").text
    assert 'vanthu_steps{stage="register",state="ready"} 1.0' in text
    assert 'vanthu_oldest_due_seconds{queue="deliveries"} 0.0' in text
    assert "vanthu_disk_free_bytes" in text


def test_metrics_are_not_for_strangers(client: httpx.Client) -> None:
    """Behind a proxy on this machine the peer is whom the proxy names."""
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403


def test_a_disk_that_failed_is_told(hub: Hub, client: httpx.Client) -> None:
    hub.disk_fault = "write error"
    try:
        answer = client.get("/healthz")
    finally:
        hub.disk_fault = ""
    assert (answer.status_code, answer.text) == (503, "disk: write error\n")


def test_a_port_that_is_taken_ends_the_service(tmp_path: Path) -> None:
    found(tmp_path / "data", sample=True).database.close()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        hub = open_hub(tmp_path / "data")
        web = dataclasses.replace(hub.config.web, port=taken.getsockname()[1])
        hub.config = dataclasses.replace(hub.config, web=web)
        service = Service(hub, ("web",))
        service.start()
        service.stop()
    assert str(web.port) in service.fault
