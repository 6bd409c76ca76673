"""Values to edXML packages and status messages (QCVN 102:2016/BTTTT, the prefix and order of its samples)."""

import base64
import datetime
from collections.abc import Iterable

from lxml import etree

from rules.edxml import document_id, split_symbol
from rules.text.gate import clean
from rules.values.edxml import Act, Organ, Package, StatusMessage

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
VIETNAM = datetime.timezone(datetime.timedelta(hours=7))  # the standard's times have no zone
_MOST = 4000
Node = etree._Element


def package(what: Package) -> bytes:
    """A document with its files, ready for a gateway."""
    root, envelope_header, message = _envelope()
    _organ(message, "From", what.sender)
    for receiver in what.receivers:
        _organ(message, "To", receiver)
    _put(message, "DocumentId", what.act.id or document_id(what.act.organ, what.act.date, what.act.symbol))
    number, notation = split_symbol(what.act.symbol)
    _group(message, "Code", CodeNumber=number, CodeNotation=notation)
    _group(message, "PromulgationInfo", Place=what.place, PromulgationDate=_day(what.act.date))
    _group(message, "DocumentType", Type="1", TypeDetail="0", TypeName=what.type)
    _put(message, "Subject", what.subject)
    _put(message, "Content", what.content or what.subject)
    signer = {"Competence": what.signer_competence, "Position": what.signer_title, "FullName": what.signer}
    _group(message, "SignerInfo", **signer)
    if what.due is not None:
        _put(message, "DueDate", _day(what.due))
    if what.places:
        places = _put(message, "ToPlaces")
        for place in what.places:
            _put(places, "Place", place)
    _group(message, "OtherInfo", Priority=str(int(what.urgency)))
    for act in what.answers:
        _response(message, act)
    _trace(envelope_header, what)
    _bodies(root, what)
    return _bytes(root)


def status(what: StatusMessage) -> bytes:
    """Word of what became of a document; it has no body."""
    root, _envelope_header, message = _envelope()
    _organ(message, "From", what.sender)
    for receiver in what.receivers:
        _organ(message, "To", receiver)
    _response(message, what.about)
    _group(message, "StaffInfo", Staff=what.staff)
    _put(message, "StatusCode", what.code)
    _put(message, "Description", what.description)
    _put(message, "Timestamp", _moment(what.at))
    return _bytes(root)


def _envelope() -> tuple[Node, Node, Node]:
    root = etree.Element(f"{{{NAMESPACE}}}edXML", nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    envelope = etree.SubElement(root, f"{{{NAMESPACE}}}edXMLEnvelope", nsmap={"edXML": NAMESPACE})
    header = _put(envelope, "edXMLHeader")
    return root, header, _put(header, "MessageHeader")


def _trace(header: Node, what: Package) -> None:
    traces = _put(header, "TraceHeaderList")
    _group(traces, "TraceHeader", OrganId=what.sender.id, Timestamp=_moment(what.sent_at))
    business = _group(
        traces,
        "Bussiness",  # spelled as the standard spells it
        BussinessDocType=str(int(what.business)),
        BussinessDocReason=what.reason,
        Paper=str(int(what.paper_follows)),
    )
    _group(business, "StaffInfo", Department="Văn thư", Staff=what.staff)
    if what.replaces:
        replacements = _put(business, "ReplacementInfoList")
        for identity in what.replaces:
            _group(replacements, "ReplacementInfo", DocumentId=identity)


def _bodies(root: Node, what: Package) -> None:
    manifest = _put(_put(root[0], "edXMLBody"), "edXMLManifest")
    manifest.set("version", "1.0")
    encoded = _put(root, "AttachmentEncoded")
    for number, file in enumerate(what.files, 1):
        said = {"ContentType": file.media_type, "Description": file.name, "AttachmentName": file.name}
        _group(manifest, "Reference", ContentId=f"cid:{number}", **said)
        attachment = _group(
            encoded,
            "Attachment",
            ContentId=f"cid:{number}",
            AttachmentName=file.name,
            Description=file.name,
            ContentType=file.media_type,
        )
        coded = etree.SubElement(attachment, f"{{{NAMESPACE}}}ContentTransferEncoded")
        coded.text = base64.b64encode(file.content).decode("ascii")


def _organ(parent: Node, name: str, organ: Organ) -> None:
    said = {"OrganId": organ.id, "OrganizationInCharge": organ.in_charge, "OrganName": organ.name}
    node = _group(parent, name, **said)
    if organ.email:
        _put(node, "Email", organ.email)


def _response(parent: Node, act: Act) -> None:
    named = act.id or document_id(act.organ, act.date, act.symbol)
    said = {"OrganId": act.organ, "Code": act.symbol, "PromulgationDate": _day(act.date), "DocumentId": named}
    _group(parent, "ResponseFor", **said)


def _group(parent: Node, name: str, **texts: str) -> Node:
    node = _put(parent, name)
    _put_all(node, texts.items())
    return node


def _put_all(parent: Node, texts: Iterable[tuple[str, str]]) -> None:
    for name, text in texts:
        _put(parent, name, text)


def _put(parent: Node, name: str, text: str = "") -> Node:
    node = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if text:
        node.text = clean(text, _MOST)  # because XML has no place for control characters
    return node


def _day(day: datetime.date | None) -> str:
    return f"{day:%Y/%m/%d}" if day is not None else ""


def _moment(moment: datetime.datetime | None) -> str:
    return f"{moment.astimezone(VIETNAM):%Y/%m/%d %H:%M:%S}" if moment is not None else ""


def _bytes(root: Node) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
