"""Frozen figures of periods, and the reports that the hub issues itself."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.tables.columns import UtcTime

revision = "0007"
down_revision = "0006"


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, UtcTime(timezone=True), nullable=nullable)


def _text(name: str, *, key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=False, primary_key=key)


def upgrade() -> None:
    op.create_table(
        "period_figures",
        _text("period", key=True),
        _text("unit", key=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("readings", sa.JSON(), nullable=False),
        _moment("frozen_at"),
        _moment("reported_at", nullable=True),
    )
    op.create_table(
        "report_issues",
        sa.Column("id", sa.Integer(), nullable=False, primary_key=True),
        _text("kind"),
        _text("period"),
        _text("part"),
        sa.Column("book", sa.Integer(), sa.ForeignKey("books.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        _text("symbol"),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        _moment("begun_at"),
        sa.Column("document", sa.Integer(), sa.ForeignKey("documents.id"), nullable=True),
        sa.UniqueConstraint("kind", "period", "part"),
    )
