"""Words that rules put on documents."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "document_labels",
        sa.Column("document", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document"], ["documents.id"], name=op.f("fk_document_labels_document_documents")
        ),
        sa.PrimaryKeyConstraint("document", "label", name=op.f("pk_document_labels")),
    )
    with op.batch_alter_table("document_labels", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_labels_label"), ["label"], unique=False)
