"""A mail as it goes over the wire to a server (RFC 5321 2.3.8, 4.5.2)."""

import re

_EOL = re.compile(rb"\r\n|\r|\n")


def crlf(content: bytes) -> bytes:
    """No CR or LF outside CRLF, because others end a mail at such a one (smuggling, S1)."""
    pairs = content.count(b"\r\n")
    if content.count(b"\r") == pairs == content.count(b"\n"):
        return content
    return _EOL.sub(b"\r\n", content)


def dotted(content: bytes) -> bytes:
    """Dots doubled where lines begin, and the end. Lines must end with CRLF already."""
    first = b"." if content.startswith(b".") else b""
    end = b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n"
    return b"".join((first, content.replace(b"\r\n.", b"\r\n.."), end))
