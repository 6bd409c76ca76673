"""The guard of tests/loopback.py: no test talks to the world."""

import socket

import pytest

# RFC 5737 and RFC 3849: addresses for documentation, which nobody has.
ABROAD = "192.0.2.1"
ABROAD_6 = "2001:db8::1"


@pytest.mark.parametrize(("family", "address"), [(socket.AF_INET, ABROAD), (socket.AF_INET6, ABROAD_6)])
def test_the_world_is_out_of_reach(family: socket.AddressFamily, address: str) -> None:
    with socket.socket(family) as sock:
        sock.settimeout(1)
        with pytest.raises(PermissionError, match="loopback"):
            sock.connect((address, 25))
        with pytest.raises(PermissionError, match="loopback"):
            sock.connect_ex((address, 25))


def test_no_datagram_leaves() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        with pytest.raises(PermissionError, match="loopback"):
            sock.sendto(b"?", (ABROAD, 53))
        with pytest.raises(PermissionError, match="loopback"):
            sock.sendto(b"?", 0, (ABROAD, 53))


def test_no_name_is_looked_up() -> None:
    with pytest.raises(PermissionError, match=r"example\.com"):
        socket.create_connection(("example.com", 25), timeout=1)


def test_this_machine_is_in_reach() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as sock:
        sock.connect(("localhost", server.getsockname()[1]))
        accepted, _address = server.accept()
        with accepted:
            accepted.sendall(b"here")
            assert sock.recv(4) == b"here"
