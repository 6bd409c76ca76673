"""The one gate for mail addresses that go into a command, a header or a file name.

Addresses come out of foreign mail and out of directories that people import,
so nobody else decides what may stand between ``<`` and ``>``.
"""

import re
import unicodedata
from functools import lru_cache

# RFC 5322 atext plus the dot; anything beyond ASCII is judged by category below (RFC 6531).
_ASCII_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_MAX_LOCAL, _MAX_DOMAIN = 64, 253  # octets, RFC 5321 4.5.3.1


@lru_cache(maxsize=1024)
def wire_address(text: str) -> str | None:
    """The address as it may go over the wire, its domain lower case and in ASCII (IDNA).

    None when it is no address of the plain ``local@domain`` form: quoted local
    parts, address literals, control and format characters, blanks and doubled
    ``@`` are all refused, because no mailbox of an office needs them and each
    has been an injection.
    """
    if len(text) > _MAX_LOCAL + _MAX_DOMAIN + 1 or text.count("@") != 1:
        return None
    local, domain = text.split("@")
    ascii_domain = _ascii_domain(domain)
    if ascii_domain is None or not _local_part_ok(local):
        return None
    return f"{local}@{ascii_domain}"


def _local_part_ok(local: str) -> bool:
    if not local or local[0] == "." or local[-1] == "." or ".." in local:
        return False
    if local.isascii():  # as nearly all are, and all that carry a token are
        return len(local) <= _MAX_LOCAL and _ASCII_LOCAL.fullmatch(local) is not None
    plain = "".join(c if c < "\x80" else "a" for c in local)
    if _ASCII_LOCAL.fullmatch(plain) is None:
        return False
    # C* holds controls, bidi marks and lone surrogates, Z* the blanks and U+2028.
    if any(unicodedata.category(c)[0] in "CZ" for c in local if c >= "\x80"):
        return False
    return len(local.encode()) <= _MAX_LOCAL


def _ascii_domain(domain: str) -> str | None:
    try:
        name = domain.encode("ascii" if domain.isascii() else "idna").decode("ascii").lower()
    except UnicodeError:
        return None
    labels = name.split(".")
    if len(name) > _MAX_DOMAIN or not all(_LABEL.fullmatch(label) for label in labels):
        return None
    return name
