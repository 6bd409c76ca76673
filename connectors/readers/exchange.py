"""An edXML package among a parcel's files: its own files come out, its header says what they are."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from connectors.readers import edxml
from connectors.readers.mime import Attached
from rules.values.edxml import Package, StatusMessage


def opened(
    content: bytes, present: Sequence[bytes]
) -> tuple[Package | StatusMessage | None, list[Attached], str]:
    """The message without its files, its files that are not ``present``, and what is wrong with it."""
    try:
        message = edxml.read(content)
    except edxml.BrokenPackage as error:
        return None, [], f"edxml-broken: {error}"
    problem = "edxml-repaired" if message.repaired else ""
    if isinstance(message, StatusMessage):
        return message, [], problem
    known = {hashlib.sha256(item).digest() for item in present}
    fresh = [file for file in message.files if hashlib.sha256(file.content).digest() not in known]
    files = [Attached(file.name, file.media_type, file.content) for file in fresh]
    return replace(message, files=()), files, problem
