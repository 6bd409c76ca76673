"""A mail as it goes over the wire to a server (RFC 5321 2.3.8, 4.5.2)."""

import re

_EOL = re.compile(rb"\r\n|\r|\n")
# patterns that begin with one octet, because those are looked for twice as fast as two octets are counted
_BARE_CR = re.compile(rb"\r(?!\n)")
_BARE_LF = re.compile(rb"\n(?<!\r\n)")
_DOT = re.compile(rb"\n\.")


def crlf(content: bytes) -> bytes:
    """No CR or LF outside CRLF, because others end a mail at such a one (smuggling, S1)."""
    if _BARE_CR.search(content) is None and _BARE_LF.search(content) is None:
        return content
    return _EOL.sub(b"\r\n", content)


def dotted(content: bytes) -> bytes:
    """Dots doubled where lines begin, and the end. Lines must end with CRLF already."""
    first = b"." if content.startswith(b".") else b""
    end = b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n"
    if _DOT.search(content) is not None:
        content = content.replace(b"\r\n.", b"\r\n..")
    return b"".join((first, content, end))
