"""What goes to a server is the mail and nothing but the mail, whatever lines it has."""

from hypothesis import given
from hypothesis import strategies as st

from connectors.transports.wire_form import crlf, dotted


def undotted(wire: bytes) -> bytes:
    """As a server reads it (RFC 5321 4.5.2)."""
    lines = wire.split(b"\r\n")
    assert lines.index(b".") == len(lines) - 2 and lines[-1] == b""
    return b"\r\n".join(line[1:] if line.startswith(b".") else line for line in lines[:-2])


@given(
    st.lists(st.sampled_from([b".", b"..", b"a", b"\r\n", b"\n", b"\r", b"\r\n.\r\n", b"QUIT"]), max_size=12)
)
def test_a_mail_comes_out_as_it_went_in(pieces: list[bytes]) -> None:
    mail = b"".join(pieces)
    lines = mail.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    assert undotted(dotted(crlf(mail))) == lines.removesuffix(b"\r\n")
