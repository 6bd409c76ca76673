"""The directory with dates: kinds of names, and members of groups since and until a day."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def _members(*keys: sa.Column[Any]) -> tuple[sa.Column[Any], ...]:
    return (
        *keys,
        sa.Column("group_code", sa.String(), sa.ForeignKey("groups.code"), nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
    )


def upgrade() -> None:
    with op.batch_alter_table("other_names", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(), nullable=False, server_default="other"))
    # Made anew, because a key cannot be taken out of a table of SQLite; there are a few hundred rows at most.
    old = sa.table("group_members", sa.column("group_code"), sa.column("member"), sa.column("ordinal"))
    rows = [dict(row._mapping) for row in op.get_bind().execute(sa.select(old))]
    op.drop_table("group_members")
    new = op.create_table(
        "group_members",
        *_members(sa.Column("id", sa.Integer(), nullable=False, primary_key=True)),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
    )
    op.create_index("ix_group_members_group_code", "group_members", ["group_code"], unique=False)
    if rows:
        op.bulk_insert(new, rows)
