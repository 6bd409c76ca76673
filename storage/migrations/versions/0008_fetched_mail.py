"""Mail that is fetched from other people's servers."""

import sqlalchemy as sa
from alembic import op

import storage.tables.columns

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "source_mails",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("validity", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("uid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", storage.tables.columns.UtcTime(timezone=True), nullable=False),
        sa.Column("due_at", storage.tables.columns.UtcTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("source", "validity", "uid"),
    )
    with op.batch_alter_table("source_mails", schema=None) as batch_op:
        batch_op.create_index("source_mails_state", ["source", "state"], unique=False)
