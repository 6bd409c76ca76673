"""Whether a parcel that was read bears a mark of secrecy, and where: never what it says."""

from rules.secrecy.titles import in_file_name, in_opening, in_title
from rules.values.reading import ParcelReading

SUBJECT, FILE_NAME, INSIDE, DOCUMENT, TEXT = (
    "mark-in-subject",
    "mark-in-file-name",
    "mark-inside",
    "mark-in-document",
    "mark-in-text",
)


def marked(reading: ParcelReading, file_name: str = "") -> str:
    """A code for the place of the first mark, or nothing. ``file_name``: of a parcel that is one file."""
    if reading.headers is not None and in_title(reading.headers.subject):
        return SUBJECT
    if reading.package is not None and in_title(reading.package.subject):
        return SUBJECT
    if in_file_name(file_name) or any(in_file_name(file.name) for file in reading.files):
        return FILE_NAME
    if any(file.fields.secrecy is not None for file in reading.files):
        return DOCUMENT
    if any(in_title(name) or in_file_name(name) or in_opening(text) for name, text in reading.inside):
        return INSIDE
    return TEXT if in_opening(reading.body) else ""
