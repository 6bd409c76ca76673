"""Which of a parcel's files are documents, and which belong to one of them (SEMANTICS, A document).

A file with a header and number of its own is a document; files without are
annexes of the one before; the same number twice is a rendition of one document.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rules.text.fold import squash
from rules.values.reading import FileReading
from rules.vocabulary import FileRole


@dataclass(frozen=True, slots=True)
class BundledFile:
    """A file with its role; ``rendition`` marks the same document in another form."""

    file: FileReading
    role: FileRole
    rendition: bool = False


@dataclass(frozen=True, slots=True)
class Bundle:
    """One document's files, the main one first."""

    files: tuple[BundledFile, ...]

    @property
    def main(self) -> FileReading:
        return self.files[0].file


def bundles(files: Sequence[FileReading]) -> tuple[Bundle, ...]:
    """The documents among a parcel's files, in the order of the mail.

    Images shown inside the body (signatures, logos) are nobody's files unless
    there is nothing else.
    """
    real = [file for file in files if not file.inline] or list(files)
    groups: list[list[BundledFile]] = []
    heads: dict[str, int] = {}
    loose: list[BundledFile] = []
    for file in real:
        number = _number(file)
        if number and number in heads:
            groups[heads[number]].append(BundledFile(file, FileRole.MAIN, rendition=True))
        elif number:
            heads[number] = len(groups)
            groups.append([BundledFile(file, FileRole.MAIN), *loose])
            loose = []
        elif groups:
            groups[-1].append(BundledFile(file, FileRole.ANNEX))
        else:
            loose.append(BundledFile(file, FileRole.ANNEX))
    if loose:  # because nothing bears a number: the first readable header leads
        lead = max(range(len(loose)), key=lambda at: (_weight(loose[at].file), -at))
        main = BundledFile(loose[lead].file, FileRole.MAIN)
        groups.append([main, *loose[:lead], *loose[lead + 1 :]])
    return tuple(Bundle(tuple(_readable_first(group))) for group in groups)


def _number(file: FileReading) -> str:
    """The folded symbol of a file that is a document of its own, or nothing."""
    fields = file.fields
    if fields.symbol is None or fields.symbol.confidence < 0.5:
        return ""
    header = fields.issuer or fields.date or fields.type or fields.place
    return squash(fields.symbol.value) if header else ""


def _weight(file: FileReading) -> int:
    fields = file.fields
    found = (fields.type, fields.subject, fields.issuer, fields.date, fields.signer)
    return sum(1 for field in found if field is not None) + (1 if fields.blank_number else 0)


def _readable_first(group: list[BundledFile]) -> list[BundledFile]:
    """The rendition with the best reading is the main file, the others follow."""
    mains = [item for item in group if item.role is FileRole.MAIN]
    best = max(mains, key=lambda item: _weight(item.file))
    rest = [
        BundledFile(item.file, item.role, rendition=item.role is FileRole.MAIN)
        for item in group
        if item is not best
    ]
    return [BundledFile(best.file, FileRole.MAIN), *rest]
