"""A document exists once; its versions, files, links, dossiers and proofs."""

from datetime import date as Day
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.columns import json_dict, json_list, moment, table


class Document(SQLModel, table=True):
    """One act of one issuer. The identity key is an index, never UNIQUE (SEMANTICS)."""

    __tablename__ = "documents"
    __table_args__ = (
        Index("documents_by_number", "issuer", "year", "symbol_key"),
        Index("documents_by_status", "status", "id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    direction: str
    status: str
    unit: str = Field(index=True)  # whose book it first stood in, or whose clerk is asked
    issuer: str | None = None  # party code
    issuer_text: str = ""
    parent_issuer_text: str = ""
    type: str = ""
    normative: bool = False
    series: str = ""
    symbol: str = ""
    symbol_key: str = ""
    number: int | None = None
    suffix: str = ""
    year: int = 0
    date: Day | None = None
    place: str = ""
    subject: str = ""
    signer: str = ""
    signer_title: str = ""
    urgency: int = 0
    recipients: list[dict[str, Any]] = json_list()
    handed: dict[str, Any] = json_dict()  # while in review: what routing will be told
    confidence: dict[str, float] = json_dict()
    found_at: dict[str, str] = json_dict()
    identity_key: str = Field(default="", index=True)
    fingerprint: int = Field(default=0, sa_type=BigInteger)  # of the folded text
    text_length: int = 0
    main_sha256: str = Field(default="", index=True)
    legal_value: str = "information"
    version: int = 1
    source: str = ""
    sender: str = ""
    sender_verdict: str = ""
    signed_at: datetime | None = moment(nullable=True)
    registered_at: datetime | None = moment(nullable=True)
    routed_at: datetime | None = moment(nullable=True)
    created_at: datetime = moment(index=True)


class DocumentText(SQLModel, table=True):
    """The text of a document's main file, for rules and comparison; apart, to keep documents small."""

    __tablename__ = "document_texts"
    document: int = Field(primary_key=True, foreign_key="documents.id")
    text: str


class DocumentVersion(SQLModel, table=True):
    __tablename__ = "document_versions"
    __table_args__ = (UniqueConstraint("document", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    document: int = Field(foreign_key="documents.id")
    number: int = 1
    arrival: int | None = Field(default=None, foreign_key="arrivals.id")
    reason: str = ""
    created_at: datetime = moment()


class Blob(SQLModel, table=True):
    """Bytes by their SHA-256; the bytes themselves lie in the blob store."""

    __tablename__ = "blobs"
    sha256: str = Field(primary_key=True)
    size: int = Field(sa_type=BigInteger)
    created_at: datetime = moment()
    checked_at: datetime | None = moment(nullable=True)
    purged_at: datetime | None = moment(nullable=True)


class File(SQLModel, table=True):
    """One file of one version. What the hub makes names its source in ``derived_from``."""

    __tablename__ = "files"
    id: int | None = Field(default=None, primary_key=True)
    version: int = Field(foreign_key="document_versions.id", index=True)
    sha256: str = Field(foreign_key="blobs.sha256", index=True)
    name: str
    media_type: str
    size: int = Field(sa_type=BigInteger)
    role: str
    ordinal: int = 0
    pages: int = 0
    rendition_of: int | None = Field(default=None, foreign_key="files.id")
    derived_from: int | None = Field(default=None, foreign_key="files.id")
    converted_from: str = ""  # legacy encodings the text was converted from
    state: str = "read"
    antivirus: str = "not scanned"  # or "clean", or "infected" with the name of what was found
    warnings: str = ""  # codes of what a person should know before opening it: embedded-files, active-content


class Signature(SQLModel, table=True):
    __tablename__ = "signatures"
    id: int | None = Field(default=None, primary_key=True)
    file: int = Field(foreign_key="files.id", index=True)
    signer: str = ""
    organisation: str = ""
    signed_at: datetime | None = moment(nullable=True)
    verdict: str = "not checked"


class DocumentLabel(SQLModel, table=True):
    """A word that a rule put on a document, to find it by."""

    __tablename__ = "document_labels"
    document: int = Field(primary_key=True, foreign_key="documents.id")
    label: str = Field(primary_key=True, index=True)


class DocumentLink(SQLModel, table=True):
    """Documents refer to each other: answers, amends, replaces, recalls, grounds."""

    __tablename__ = "document_links"
    id: int | None = Field(default=None, primary_key=True)
    document: int = Field(foreign_key="documents.id", index=True)
    kind: str
    symbol: str = ""  # as cited
    target: int | None = Field(default=None, foreign_key="documents.id", index=True)
    by: str = "text"


class Dossier(SQLModel, table=True):
    __tablename__ = "dossiers"
    id: int | None = Field(default=None, primary_key=True)
    unit: str = Field(foreign_key="units.code", index=True)
    code: str
    title: str
    retention: str = ""
    owner: str | None = None
    opened_at: datetime | None = moment(nullable=True)
    closed_at: datetime | None = moment(nullable=True)


class DossierDocument(SQLModel, table=True):
    __tablename__ = "dossier_documents"
    dossier: int = Field(primary_key=True, foreign_key="dossiers.id")
    document: int = Field(primary_key=True, foreign_key="documents.id")
    ordinal: int


class LegalHold(SQLModel, table=True):
    __tablename__ = "legal_holds"
    id: int | None = Field(default=None, primary_key=True)
    document: int | None = Field(default=None, foreign_key="documents.id", index=True)
    dossier: int | None = Field(default=None, foreign_key="dossiers.id", index=True)
    reason: str
    by: str
    held_from: datetime = moment()
    held_to: datetime | None = moment(nullable=True)


documents, document_texts = table(Document), table(DocumentText)
document_versions, blobs, files = table(DocumentVersion), table(Blob), table(File)
signatures, document_links = table(Signature), table(DocumentLink)
document_labels = table(DocumentLabel)
dossiers, dossier_documents, legal_holds = table(Dossier), table(DossierDocument), table(LegalHold)
