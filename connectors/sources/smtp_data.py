"""The body of DATA, taken in whole chunks instead of line by line.

Only CRLF.CRLF ends it (RFC 5321 4.1.1.4). A bare CR or LF anywhere marks the
mail as unfit, because other servers have taken such bytes for line ends and
so read a second, smuggled mail (CVE-2023-51764 and its kin).
"""

_END = b"\r\n.\r\n"
# What may be the beginning of the end, longest first: kept back until more is known.
_BEGINNINGS = (b"\r\n.\r", b"\r\n.", b"\r\n", b"\r")


class DataDecoder:
    """Finds the end, takes the transparency dots out, notices bare CR and LF.

    The pieces that ``feed`` returns never cut a line end in two, so every look
    at a piece is a look at the whole.
    """

    def __init__(self) -> None:
        self._held = b"\r\n"  # because the line before the first one is the DATA command
        self._first = True
        self.bare = False  # a CR or LF stood alone
        self.rest: bytes | None = None  # after the end: what the client sent behind it

    @property
    def ended(self) -> bool:
        return self.rest is not None

    def feed(self, chunk: bytes) -> bytes:
        """The content that is certain by now; after the end, ``rest`` holds what is not content."""
        data = self._held + chunk
        dotted = data.find(b"\r\n.") >= 0  # because most mails hold no such line until their end
        end = data.find(_END) if dotted else -1
        if end >= 0:
            self.rest = data[end + len(_END) :]
            return self._plain(data[: end + 2], dotted)
        keep = next((len(b) for b in _BEGINNINGS if data.endswith(b)), 0)
        cut = len(data) - keep
        self._held = data[cut:]
        return self._plain(data[:cut], dotted)

    def _plain(self, piece: bytes, dotted: bool) -> bytes:
        breaks = piece.count(b"\n")
        if breaks != piece.count(b"\r") or breaks != piece.count(b"\r\n"):
            self.bare = True
        if dotted:
            piece = piece.replace(b"\r\n.", b"\r\n")
        if self._first and piece:
            self._first = False
            return piece[2:]
        return piece
