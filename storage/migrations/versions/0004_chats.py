"""Chat accounts of staff."""

import sqlalchemy as sa
from alembic import op

import storage.tables.columns

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "chat_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("linked_at", storage.tables.columns.UtcTime(timezone=True), nullable=False),
        sa.Column("ended_at", storage.tables.columns.UtcTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("chat_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chat_links_chat"), ["chat"], unique=False)
        batch_op.create_index(batch_op.f("ix_chat_links_person"), ["person"], unique=False)
    op.create_table(
        "chat_codes",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("expires_at", storage.tables.columns.UtcTime(timezone=True), nullable=False),
        sa.Column("used_at", storage.tables.columns.UtcTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("digest"),
    )
