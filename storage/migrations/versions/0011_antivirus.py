"""What the antivirus and the readers say of a file."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.add_column(sa.Column("antivirus", sa.String(), nullable=False, server_default="not scanned"))
        batch_op.add_column(sa.Column("warnings", sa.String(), nullable=False, server_default=""))
