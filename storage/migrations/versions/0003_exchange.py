"""Exchange with other organisations' systems: the units' own ids there, and what a package was called."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.add_column(sa.Column("national_id", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("arrivals", schema=None) as batch_op:
        batch_op.add_column(sa.Column("exchange", sa.JSON(), nullable=False, server_default="{}"))
