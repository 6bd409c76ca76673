"""The guard every test lives with: sockets reach this machine only."""

import ipaddress
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest


def _is_near(host: str) -> bool | None:
    """This machine or not; None for a name."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return True if host in ("", "localhost") else None
    return address.is_loopback or address.is_unspecified


def _refuse(host: object) -> PermissionError:
    return PermissionError(f"tests talk to loopback only, not to {host}")


def _guarded(real: Callable[..., Any]) -> Callable[..., Any]:
    def call(sock: socket.socket, *arguments: Any) -> Any:
        address = arguments[-1]  # connect(address), sendto(data, [flags,] address)
        abroad = sock.family in (socket.AF_INET, socket.AF_INET6) and not _is_near(address[0])
        if abroad:
            raise _refuse(address[0])
        return real(sock, *arguments)

    return call


def _guarded_look_up(real: Callable[..., Any]) -> Callable[..., Any]:
    def look_up(host: Any, *arguments: Any, **options: Any) -> Any:
        if isinstance(host, str) and _is_near(host) is None:
            raise _refuse(host)
        return real(host, *arguments, **options)

    return look_up


@pytest.fixture(autouse=True, scope="session")
def loopback_only() -> Iterator[None]:
    """No connection, no datagram and no look-up of a name leaves this machine."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        patch.setattr(socket, "getaddrinfo", _guarded_look_up(socket.getaddrinfo))
        yield
