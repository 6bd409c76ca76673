"""What a file is, by its content and never by its name."""

import io
import struct
import zipfile

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODP = "application/vnd.oasis.opendocument.presentation"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
PPT = "application/vnd.ms-powerpoint"
MSG = "application/vnd.ms-outlook"
OLE = "application/x-ole-storage"
LOCKED = "application/x-ole-encrypted"  # .docx, .xlsx or .pptx behind a password
RTF = "application/rtf"
HTML = "text/html"
PLAIN = "text/plain"
MAIL = "message/rfc822"
TNEF = "application/vnd.ms-tnef"
ZIP = "application/zip"
SEVEN_ZIP = "application/x-7z-compressed"
RAR = "application/vnd.rar"
GZIP = "application/gzip"
PNG = "image/png"
JPEG = "image/jpeg"
TIFF = "image/tiff"
GIF = "image/gif"
BMP = "image/bmp"
WEBP = "image/webp"
HEIC = "image/heic"
SVG = "image/svg+xml"
XML = "application/xml"
EDXML = "application/edxml+xml"  # no registered type; QCVN 102:2016 names none
VCARD = "text/vcard"
CALENDAR = "text/calendar"
PKCS7 = "application/pkcs7-signature"
PROGRAM = "application/x-executable"
EMPTY = "application/x-empty"
UNKNOWN = "application/octet-stream"

IMAGES = frozenset({PNG, JPEG, TIFF, GIF, BMP, WEBP})

EXTENSION = {
    PDF: "pdf", DOCX: "docx", XLSX: "xlsx", PPTX: "pptx", ODT: "odt", ODS: "ods", ODP: "odp",
    DOC: "doc", XLS: "xls", PPT: "ppt", MSG: "msg", OLE: "ole", RTF: "rtf", HTML: "html", PLAIN: "txt",
    MAIL: "eml", TNEF: "dat", ZIP: "zip", SEVEN_ZIP: "7z", RAR: "rar", GZIP: "gz", PNG: "png",
    JPEG: "jpg", TIFF: "tif", GIF: "gif", BMP: "bmp", WEBP: "webp", SVG: "svg", XML: "xml",
    EDXML: "xml", LOCKED: "ole", HEIC: "heic", PROGRAM: "bin",
    VCARD: "vcf", CALENDAR: "ics", PKCS7: "p7s", EMPTY: "bin", UNKNOWN: "bin",
}  # fmt: skip

_HEAD = 8192
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"{\\rtf", RTF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"II+\0", TIFF),
    (b"MM\0+", TIFF),
    (b"GIF8", GIF),
    (b"\x78\x9f\x3e\x22", TNEF),
    (b"7z\xbc\xaf\x27\x1c", SEVEN_ZIP),
    (b"Rar!\x1a\x07", RAR),
    (b"\x1f\x8b", GZIP),
    (b"\x7fELF", PROGRAM),
    (b"L\0\0\0\x01\x14\x02\0", PROGRAM),  # a Windows shortcut, which runs what it names
)
_HEIF = frozenset({b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"heim", b"avif"})  # as telephones write them
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS: tuple[tuple[str, str], ...] = (
    ("EncryptedPackage", LOCKED),  # [MS-OFFCRYPTO] 2.3.4.4
    ("WordDocument", DOC),
    ("Workbook", XLS),
    ("Book", XLS),
    ("PowerPoint Document", PPT),
    ("__properties_version1.0", MSG),
)
_OPEN_DOCUMENT = {ODT.encode(): ODT, ODS.encode(): ODS, ODP.encode(): ODP}
# programs write tables as HTML and call them .xls
_HTML_STARTS = (
    b"<!doctype html", b"<html", b"<head", b"<body", b"<meta", b"<table", b"<div", b"<p>", b"<style",
)  # fmt: skip
_MAIL_STARTS = (b"received:", b"return-path:", b"from:", b"mime-version:", b"message-id:", b"delivered-to:")


def media_type(content: bytes) -> str:
    """The media type of a file's content; never raises for what it holds."""
    head = content[:_HEAD]
    if not head:
        return EMPTY
    if head.startswith(_OLE_MAGIC):
        return _ole_kind(content)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip_kind(content)
    return _by_signature(head) or _text_kind(head)


def _by_signature(head: bytes) -> str:
    for magic, kind in _SIGNATURES:
        if head.startswith(magic):
            return kind
    if b"%PDF-" in head[:1024]:  # readers accept junk before the header, and real files have it
        return PDF
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF:
        return HEIC
    if head[:2] == b"MZ" and b"\0" in head[:64]:
        return PROGRAM
    if head[:2] == b"BM" and len(head) > 14 and head[6:10] == b"\0\0\0\0":
        return BMP
    return RTF if head.lstrip()[:5] == b"{\\rtf" else ""


def _ole_kind(content: bytes) -> str:
    """The application of a compound file, from the names in its directory."""
    import olefile  # here, because most files never need it

    try:
        with olefile.OleFileIO(io.BytesIO(content)) as ole:
            return next((kind for stream, kind in _OLE_STREAMS if ole.exists(stream)), OLE)
    except (OSError, ValueError, IndexError, RecursionError, struct.error):
        return _ole_by_bytes(content)


def _ole_by_bytes(content: bytes) -> str:
    """A damaged compound file still shows its stream names, in UTF-16."""
    return next((kind for stream, kind in _OLE_STREAMS if stream.encode("utf-16-le") in content), OLE)


def _zip_kind(content: bytes) -> str:
    """The application of a zip, from its table of contents alone; nothing is unpacked but ``mimetype``."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if "mimetype" in names:
                return _open_document(archive)
            return _office_kind(names)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, struct.error):
        return UNKNOWN


def _open_document(archive: zipfile.ZipFile) -> str:
    info = archive.getinfo("mimetype")
    if info.file_size > 200 or info.flag_bits & 1:
        return ZIP
    with archive.open(info) as file:
        return _OPEN_DOCUMENT.get(file.read(200).strip(), ZIP)


def _office_kind(names: set[str]) -> str:
    if "[Content_Types].xml" not in names:
        return ZIP
    for prefix, kind in (("word/", DOCX), ("xl/", XLSX), ("ppt/", PPTX)):
        if any(name.startswith(prefix) for name in names):
            return kind
    return ZIP


def _text_kind(head: bytes) -> str:
    if not _looks_like_text(head):
        return UNKNOWN
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1024].replace(b"\0", b"").lower()
    if start.startswith((b"begin:vcard", b"begin:vcalendar")):
        return VCARD if start.startswith(b"begin:vcard") else CALENDAR
    if start.startswith(b"mime-version:") and b"content-type: multipart/" in start:
        return MAIL  # a page that Word or a browser saved as one file (MHTML, RFC 2557)
    if start.startswith(_HTML_STARTS) or b"<html" in start:
        return HTML
    if b"qcvn_102_2016" in start or b"<edxml" in start:  # also behind junk, as some systems write it
        return EDXML
    if start.startswith((b"<?xml", b"<svg")):
        return SVG if b"<svg" in start else XML
    return MAIL if start.startswith(_MAIL_STARTS) and b"\nsubject:" in head.lower() else PLAIN


def _looks_like_text(head: bytes) -> bool:
    """Text has no zeros (unless UTF-16) and hardly any control characters."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if b"\0" in head:
        even, odd = head[0::2].count(0), head[1::2].count(0)  # UTF-16 has its zeros on one side
        most, least = max(even, odd), min(even, odd)
        return most * 3 > len(head) and least * 20 < most and _controls(head) <= len(head) // 50
    return _controls(head) <= len(head) // 20


def _controls(head: bytes) -> int:
    kept = b"\0\t\n\r\x0b\x0c\x1b\x02\x05\x06\x14\x19\x1e"  # VISCII puts letters on six of them
    return len(head) - len(head.translate(None, bytes(c for c in range(32) if c not in kept)))
