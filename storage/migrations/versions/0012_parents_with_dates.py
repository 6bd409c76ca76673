"""Below which unit another stands, with dates."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "unit_parents",
        sa.Column("id", sa.Integer(), nullable=False, primary_key=True),
        sa.Column("unit", sa.String(), sa.ForeignKey("units.code"), nullable=False),
        sa.Column("parent", sa.String(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
    )
    op.create_index("ix_unit_parents_unit", "unit_parents", ["unit"], unique=False)
