"""Whoever issues or receives: units, people with posts, outside bodies, groups."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.columns import moment, table


class Party(SQLModel, table=True):
    """One row per code: ``sonoivu``, ``outside:btp``, ``person:annv@...``, ``gazette``."""

    __tablename__ = "parties"
    code: str = Field(primary_key=True)
    kind: str
    name: str


class ExternalId(SQLModel, table=True):
    """How others call a party or a document (national id up to 35 characters, edXML id)."""

    __tablename__ = "external_ids"
    __table_args__ = (UniqueConstraint("subject", "kind", "value"),)
    id: int | None = Field(default=None, primary_key=True)
    subject: str = Field(index=True)  # "party:<code>" or "document:<id>"
    kind: str
    value: str


class Unit(SQLModel, table=True):
    __tablename__ = "units"
    code: str = Field(primary_key=True, foreign_key="parties.code")
    name: str
    kind: str
    parent: str | None = None
    email: str = ""
    symbols: str = ""  # bodies used in document symbols, separated by blanks
    valid_from: date | None = None
    valid_to: date | None = None
    deployed_since: date | None = None
    keeps_books: bool = True
    keeper: str | None = None
    central: bool = False
    accept: str = "auto"
    book_mode: str = "borne"
    successor: str | None = None
    channels: str = ""
    domains: str = ""  # mail domains of its own, separated by blanks
    national_id: str = ""  # in edXML, up to 35 characters
    ordinal: int = 0  # the order of the organisation's own list


class UnitParent(SQLModel, table=True):
    """Below which unit another stands in these days; days without a row have ``units.parent``."""

    __tablename__ = "unit_parents"
    id: int | None = Field(default=None, primary_key=True)
    unit: str = Field(foreign_key="units.code", index=True)
    parent: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


class OtherName(SQLModel, table=True):
    """Another name or abbreviation of a unit, group or outside body, with its dates."""

    __tablename__ = "other_names"
    id: int | None = Field(default=None, primary_key=True)
    party: str = Field(index=True)  # unit code, "group:<code>", "outside:<code>"
    text: str
    valid_from: date | None = None
    valid_to: date | None = None
    kind: str = "other"  # NameKind


class Group(SQLModel, table=True):
    __tablename__ = "groups"
    code: str = Field(primary_key=True)
    name: str
    kinds: str = ""  # unit kinds whose units belong to it, separated by blanks
    valid_from: date | None = None
    valid_to: date | None = None


class GroupMember(SQLModel, table=True):
    """A party in a group; it may leave and come back, so a party may have several rows."""

    __tablename__ = "group_members"
    id: int | None = Field(default=None, primary_key=True)
    group_code: str = Field(foreign_key="groups.code", index=True)
    member: str
    ordinal: int = 0
    valid_from: date | None = None
    valid_to: date | None = None


class OutsideBody(SQLModel, table=True):
    __tablename__ = "outside_bodies"
    code: str = Field(primary_key=True)
    name: str
    domains: str = ""  # mail domains, separated by blanks
    national_id: str = ""
    email: str = ""


class Person(SQLModel, table=True):
    __tablename__ = "people"
    email: str = Field(primary_key=True)
    name: str
    addresses: str = ""  # further addresses, separated by blanks
    password_hash: str | None = None  # argon2id
    password_set_at: datetime | None = moment(nullable=True)
    password_until: datetime | None = moment(nullable=True)  # a first password ends by itself
    suspended: bool = False


class Post(SQLModel, table=True):
    __tablename__ = "posts"
    id: int | None = Field(default=None, primary_key=True)
    person: str = Field(foreign_key="people.email", index=True)
    unit: str = Field(foreign_key="units.code", index=True)
    role: str
    title: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


class MailboxRow(SQLModel, table=True):
    """A mailbox that was issued; addresses are never used again."""

    __tablename__ = "mailboxes"
    address: str = Field(primary_key=True)
    party: str = Field(index=True)
    path: str
    state: str = "active"  # active | suspended | left | archived
    created_at: datetime = moment()
    unit: str = ""  # whose administrators look after it
    quota_mb: int = 0  # 0: as configured
    forward_to: str = ""
    forward_until: datetime | None = moment(nullable=True)


parties, external_ids, units = table(Party), table(ExternalId), table(Unit)
unit_parents = table(UnitParent)
other_names, groups, group_members = table(OtherName), table(Group), table(GroupMember)
outside_bodies, people, posts, mailboxes = table(OutsideBody), table(Person), table(Post), table(MailboxRow)
