"""What other mail programs found in their own test mails, as the files beside them say."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_BINARY = re.compile(r"<binary-body\s+name=\"([^\"/]+)\"")


@dataclass(frozen=True, slots=True)
class Expected:
    """One file: its bytes by hash (line ends as they are, and as LF and CRLF), its text where it is text."""

    hashes: tuple[str, ...]
    text: str = ""


def attachments_of(path: Path) -> Iterator[tuple[str, Expected]]:
    """(name, what to find) for each attachment; none where nobody says."""
    if path.with_suffix(".json").is_file():
        yield from _stalwart(path.with_suffix(".json"))
    elif path.suffix == ".msg" and path.with_suffix(".xml").is_file():
        yield from _mime4j(path)


def _stalwart(path: Path) -> Iterator[tuple[str, Expected]]:
    try:
        message = json.loads(path.read_text("utf-8"))
        yield from _of_message(message, 0)
    except (ValueError, KeyError, TypeError, IndexError):  # not such a file
        return


def _of_message(message: dict[str, Any], depth: int) -> Iterator[tuple[str, Expected]]:
    for index in message["attachments"]:
        body = message["parts"][index]["body"]
        ((shape, content),) = body.items()
        label = f"part {index}"
        if shape in ("Binary", "InlineBinary"):
            yield label, expected(bytes(content))
        elif shape in ("Text", "Html"):
            yield label, expected(str(content).encode(), str(content))
        elif shape == "Message" and depth < 5 and content.get("attachments"):
            yield from _of_message(content, depth + 1)


def _mime4j(path: Path) -> Iterator[tuple[str, Expected]]:
    """The leaves that are no text, decoded in files of their own."""
    for tree in (path.with_suffix(".xml"), path.with_name(f"{path.stem}_decoded.xml")):
        if not tree.is_file():
            continue
        for name in _BINARY.findall(tree.read_text("utf-8", "replace")):
            decoded = path.with_name(name)
            if decoded.is_file() and "_decoded" in name:
                yield name, expected(decoded.read_bytes())


def expected(content: bytes, text: str = "") -> Expected:
    lines = content.replace(b"\r\n", b"\n")
    variants = (content, lines, lines.replace(b"\n", b"\r\n"), content.rstrip(b"\r\n"))
    return Expected(tuple(hashlib.sha256(variant).hexdigest() for variant in variants), text)
