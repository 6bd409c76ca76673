"""Mailboxes beyond their address: further addresses, passwords of programs, absence notes, use."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.columns import moment, table


class MailAddress(SQLModel, table=True):
    """A further address: an alias of one mailbox, or a role address of several. Never given again."""

    __tablename__ = "mail_addresses"
    address: str = Field(primary_key=True)
    mailbox: str = Field(primary_key=True)
    kind: str  # alias | role
    since: datetime = moment()
    until: datetime | None = moment(nullable=True)


class AppPassword(SQLModel, table=True):
    """A password for one program or device, withdrawn by itself."""

    __tablename__ = "app_passwords"
    id: int | None = Field(default=None, primary_key=True)
    mailbox: str = Field(index=True)
    slot: int
    label: str
    password_hash: str
    created_at: datetime = moment()
    revoked_at: datetime | None = moment(nullable=True)


class SecondFactor(SQLModel, table=True):
    """The shared secret of a person's one-time codes (RFC 6238); asked for by web pages."""

    __tablename__ = "second_factors"
    person: str = Field(primary_key=True)
    secret: str
    since: datetime = moment()
    confirmed_at: datetime | None = moment(nullable=True)


class AbsenceNote(SQLModel, table=True):
    """What a mailbox answers while its owner is away (RFC 3834)."""

    __tablename__ = "absence_notes"
    mailbox: str = Field(primary_key=True)
    first: date
    last: date
    words: str


class AbsenceTold(SQLModel, table=True):
    """Who was told of an absence, so that nobody is told twice in a week."""

    __tablename__ = "absence_told"
    mailbox: str = Field(primary_key=True)
    sender: str = Field(primary_key=True)
    told_at: datetime = moment()


class Delegate(SQLModel, table=True):
    """Another person who opens this mailbox as a shared folder."""

    __tablename__ = "delegates"
    mailbox: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    may_write: bool = False
    since: datetime = moment()


class MailboxMonth(SQLModel, table=True):
    """Log-ins to a mailbox in one month. What it sent and received stands in the ledger already."""

    __tablename__ = "mailbox_months"
    mailbox: str = Field(primary_key=True)
    month: str = Field(primary_key=True)  # 2026-11
    logins: int = 0
    last_login: datetime | None = moment(nullable=True)


class MailboxImport(SQLModel, table=True):
    """Where the taking over of an older mailbox stands: each folder's UIDVALIDITY and last UID."""

    __tablename__ = "mailbox_imports"
    __table_args__ = (UniqueConstraint("mailbox", "source", "folder"),)
    id: int | None = Field(default=None, primary_key=True)
    mailbox: str
    source: str  # user@host
    folder: str
    uidvalidity: int = 0
    last_uid: int = 0
    taken: int = 0


mail_addresses, app_passwords, second_factors = table(MailAddress), table(AppPassword), table(SecondFactor)
absence_notes, absence_told, delegates = table(AbsenceNote), table(AbsenceTold), table(Delegate)
mailbox_months, mailbox_imports = table(MailboxMonth), table(MailboxImport)
