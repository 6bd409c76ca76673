"""edXML packages and status messages: bytes to values (QCVN 102:2016/BTTTT).

Elements are found by their local names, because systems differ in prefixes,
namespaces and order. What is not well-formed is read once more with repair and
says so; what then still lacks what every package has is refused in words.
"""

import base64
import binascii
import datetime
import io
import zipfile
from collections.abc import Iterator

from lxml import etree

from rules import edxml
from rules.text.gate import clean, clean_name
from rules.values.edxml import Act, Business, Enclosed, Organ, Package, StatusMessage
from rules.vocabulary import Urgency

VIETNAM = datetime.timezone(datetime.timedelta(hours=7))  # the standard's times have no zone
MOST_FILES = 100
MOST_BYTES = 50 << 20  # one file of a package, unpacked
MOST_RECEIVERS = 2000
_NAME, _TEXT = 500, 4000  # characters
Node = etree._Element


class BrokenPackage(ValueError):
    """Not edXML that anybody could work with; the message says what is lacking."""


def read(content: bytes) -> Package | StatusMessage:
    """The package or status message in these bytes. Raises BrokenPackage."""
    root, repaired = _tree(content)
    header = _find(root, "MessageHeader")
    if header is None:
        raise BrokenPackage("no MessageHeader")
    code = _text(header, "StatusCode")
    return _status(header, code, repaired) if code else _package(root, header, repaired)


def _tree(content: bytes) -> tuple[Node, bool]:
    """Strictly first, then with repair, from the first tag on."""
    start = content.find(b"<")
    if start < 0:
        raise BrokenPackage("no XML")
    if b"<!DOCTYPE" in content[: start + 4096].upper():
        raise BrokenPackage("a document type declaration is not allowed")
    try:
        return _parsed(content, recover=False), False
    except etree.XMLSyntaxError:
        pass
    try:
        root = _parsed(content[start:], recover=True)
    except etree.XMLSyntaxError as error:
        raise BrokenPackage(f"not XML: {error.msg}") from error
    if root is None:
        raise BrokenPackage("not XML")
    return root, True


def _parsed(content: bytes, *, recover: bool) -> Node:
    parser = etree.XMLParser(
        recover=recover, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
    )
    return etree.fromstring(content, parser)


def _package(root: Node, header: Node, repaired: bool) -> Package:
    sender = next(iter(_organs(header, "From")), None)
    receivers = tuple(_organs(header, "To"))[:MOST_RECEIVERS]
    act = _act_of(header, sender)
    if sender is None or not receivers or not act.symbol:
        there = {"From": sender, "To": receivers, "Code": act.symbol}
        raise BrokenPackage(f"lacking: {', '.join(name for name, value in there.items() if not value)}")
    signer, other = _find(header, "SignerInfo"), _find(header, "OtherInfo")
    trace, business = _find(root, "TraceHeader"), _find(root, "Bussiness")
    return Package(
        sender,
        receivers,
        act,
        place=_text(header, "Place"),
        type=_text(header, "TypeName"),
        subject=_text(header, "Subject"),
        content=_text(header, "Content"),
        signer_competence=_text(signer, "Competence"),
        signer_title=_text(signer, "Position"),
        signer=_text(signer, "FullName"),
        urgency=_urgency(_text(other, "Priority")),
        due=edxml.read_day(_text(header, "DueDate")),
        places=_places(header),
        answers=tuple(_act(node) for node in _children(header, "ResponseFor")),
        business=_business(_text(business, "BussinessDocType")),
        reason=_text(business, "BussinessDocReason"),
        paper_follows=_text(business, "Paper") == "1",
        replaces=tuple(_text(node, "DocumentId") for node in _all(root, "ReplacementInfo")),
        staff=_text(business, "Staff"),
        sent_at=edxml.read_moment(_text(trace, "Timestamp"), VIETNAM),
        files=tuple(_files(root)),
        repaired=repaired,
    )


def _status(header: Node, code: str, repaired: bool) -> StatusMessage:
    sender = next(iter(_organs(header, "From")), None)
    about = _find(header, "ResponseFor")
    if sender is None or about is None:
        raise BrokenPackage("a status without From and ResponseFor")
    return StatusMessage(
        sender,
        _act(about),
        code[:20],
        receivers=tuple(_organs(header, "To"))[:MOST_RECEIVERS],
        description=_text(header, "Description"),
        staff=_text(header, "Staff"),
        at=edxml.read_moment(_text(header, "Timestamp"), VIETNAM),
        repaired=repaired,
    )


def _act_of(header: Node, sender: Organ | None) -> Act:
    """The document that the header is of: by its code, and where that is lacking by its id."""
    named = _child_text(header, "DocumentId")
    organ, day, symbol = edxml.split_document_id(named)
    code = next(_children(header, "Code"), None)
    written = edxml.join_symbol(_text(code, "CodeNumber"), _text(code, "CodeNotation"))
    dated = edxml.read_day(_text(_find(header, "PromulgationInfo"), "PromulgationDate"))
    return Act((sender.id if sender is not None else "") or organ, written or symbol, dated or day, named)


def _act(node: Node) -> Act:
    named = _text(node, "DocumentId")
    organ, day, symbol = edxml.split_document_id(named)
    written = _text(node, "Code")
    dated = edxml.read_day(_text(node, "PromulgationDate"))
    return Act(_text(node, "OrganId") or organ, written or symbol, dated or day, named)


def _organs(header: Node, name: str) -> Iterator[Organ]:
    for node in _children(header, name):
        identity = _text(node, "OrganId")[: edxml.LONGEST_ORGAN_ID]
        if identity:
            said = (_text(node, field) for field in ("OrganName", "OrganizationInCharge", "Email"))
            yield Organ(identity, *said)


def _places(header: Node) -> tuple[str, ...]:
    places = _find(header, "ToPlaces")
    found = (clean(node.text or "", _NAME) for node in _all(places, "Place")) if places is not None else ()
    return tuple(text for text in found if text)


def _files(root: Node) -> Iterator[Enclosed]:
    """The attachments, decoded; a zip around one single file is taken off, as senders put it on."""
    for number, node in enumerate(_all(root, "Attachment"), 1):
        if number > MOST_FILES:
            raise BrokenPackage(f"more than {MOST_FILES} files")
        name = clean_name(_text(node, "AttachmentName")) or f"file-{number}"
        coded = _find(node, "ContentTransferEncoded")
        yield _unpacked(name, _text(node, "ContentType"), _decoded(coded, name))


def _decoded(coded: Node | None, name: str) -> bytes:
    text = coded.text or "" if coded is not None else ""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BrokenPackage(f"{name}: not base64") from error


def _unpacked(name: str, media_type: str, content: bytes) -> Enclosed:
    if content.startswith(b"PK\x03\x04") and not name.lower().endswith(
        (".zip", ".docx", ".xlsx", ".pptx", ".odt")
    ):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                inside = archive.infolist()
                if len(inside) == 1 and inside[0].file_size <= MOST_BYTES and not inside[0].flag_bits & 1:
                    return Enclosed(name, media_type, archive.read(inside[0]))
        except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, RuntimeError):
            return Enclosed(name, media_type, content)  # kept as it came: a person sees what it is
    return Enclosed(name, media_type, content)


def _urgency(text: str) -> Urgency:
    return Urgency(int(text)) if text in {str(int(item)) for item in Urgency} else Urgency.NORMAL


def _business(text: str) -> Business:
    return Business(int(text)) if text in {str(int(item)) for item in Business} else Business.NEW


# -- by local name, whatever the prefix


def _local(node: Node) -> str:
    """After repair a prefix may stand there undeclared, as part of the name."""
    return node.tag.rpartition("}")[2].rpartition(":")[2] if isinstance(node.tag, str) else ""


def _all(node: Node | None, name: str) -> Iterator[Node]:
    return (item for item in node.iter() if _local(item) == name) if node is not None else iter(())


def _find(node: Node | None, name: str) -> Node | None:
    return next(_all(node, name), None)


def _children(node: Node, name: str) -> Iterator[Node]:
    return (item for item in node if _local(item) == name)


def _child_text(node: Node, name: str) -> str:
    return next((clean(item.text or "", _TEXT) for item in _children(node, name)), "")


def _text(node: Node | None, name: str) -> str:
    found = _find(node, name)
    return clean(found.text or "", _TEXT) if found is not None else ""
