"""The hash of a mail's body as DKIM wants it (RFC 6376 3.4), in linear time and little memory.

dkimpy's own way splits the body into lines and is quadratic on runs of blanks:
50 MB of either would stop the hub.
"""

import hashlib
from collections.abc import Iterator

_CHUNK = 256 << 10  # bytes; other threads wait while one is worked on


def body_hash(body: bytes | memoryview, algorithm: str, relaxed: bool) -> bytes:
    """The digest; lines may end with CRLF or LF."""
    digest = hashlib.new(algorithm)
    for piece in _canonical(memoryview(body), relaxed):
        digest.update(piece)
    return digest.digest()


def _canonical(body: memoryview, relaxed: bool) -> Iterator[bytes]:
    """Blank lines at the end do not count; relaxed, neither do blanks at the ends of lines."""
    held: list[bytes] = []  # what may be the end of the body; joined once, when it goes on
    anything = False
    for start in range(0, len(body), _CHUNK):
        piece = bytes(body[start : start + _CHUNK])
        kept = piece.rstrip(b" \t\r\n" if relaxed else b"\r\n")
        if kept:
            yield _lines(b"".join((*held, kept)), relaxed)
            anything, held = True, []
        held.append(piece[len(kept) :])
    if anything or not relaxed:
        yield b"\r\n"


def _lines(piece: bytes, relaxed: bool) -> bytes:
    piece = piece.replace(b"\r\n", b"\n")
    if relaxed:
        piece = piece.replace(b"\t", b" ")
        while b"  " in piece:  # halves every run, which is faster than a pattern
            piece = piece.replace(b"  ", b" ")
        piece = piece.replace(b" \n", b"\n")
    return piece.replace(b"\n", b"\r\n")
