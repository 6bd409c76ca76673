"""Mailboxes in use: further addresses, passwords of programs, absence notes, delegates, use by month."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.tables.columns import UtcTime

revision = "0005"
down_revision = "0004"


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, UtcTime(timezone=True), nullable=nullable)


def _text(name: str, *, key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=False, primary_key=key)


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)


def upgrade() -> None:
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(_moment("password_until", nullable=True))
    with op.batch_alter_table("mailboxes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unit", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("quota_mb", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("forward_to", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(_moment("forward_until", nullable=True))
    op.create_table(
        "mail_addresses",
        _text("address", key=True),
        _text("mailbox", key=True),
        _text("kind"),
        _moment("since"),
        _moment("until", nullable=True),
    )
    op.create_table(
        "app_passwords",
        sa.Column("id", sa.Integer(), nullable=False, primary_key=True),
        _text("mailbox"),
        _number("slot"),
        _text("label"),
        _text("password_hash"),
        _moment("created_at"),
        _moment("revoked_at", nullable=True),
    )
    op.create_index("ix_app_passwords_mailbox", "app_passwords", ["mailbox"], unique=False)
    op.create_table(
        "second_factors",
        _text("person", key=True),
        _text("secret"),
        _moment("since"),
        _moment("confirmed_at", nullable=True),
    )
    op.create_table(
        "absence_notes",
        _text("mailbox", key=True),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        _text("words"),
    )
    op.create_table("absence_told", _text("mailbox", key=True), _text("sender", key=True), _moment("told_at"))
    op.create_table(
        "delegates",
        _text("mailbox", key=True),
        _text("person", key=True),
        sa.Column("may_write", sa.Boolean(), nullable=False),
        _moment("since"),
    )
    op.create_table(
        "mailbox_months",
        _text("mailbox", key=True),
        _text("month", key=True),
        _number("logins"),
        _moment("last_login", nullable=True),
    )
    op.create_table(
        "mailbox_imports",
        sa.Column("id", sa.Integer(), nullable=False, primary_key=True),
        _text("mailbox"),
        _text("source"),
        _text("folder"),
        _number("uidvalidity"),
        _number("last_uid"),
        _number("taken"),
        sa.UniqueConstraint("mailbox", "source", "folder"),
    )
