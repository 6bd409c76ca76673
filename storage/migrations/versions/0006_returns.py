"""Periodic reports: slots of the ladder, forms, returns, requests for help."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.tables.columns import UtcTime

revision = "0006"
down_revision = "0005"


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, UtcTime(timezone=True), nullable=nullable)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=False)


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.Integer(), nullable=False, primary_key=True)


def upgrade() -> None:
    op.create_table(
        "report_slots",
        _id(),
        *(_text(name) for name in ("kind", "period", "unit", "step")),
        _moment("due_at"),
        _moment("done_at"),
        sa.Column("late", sa.Boolean(), nullable=False),
        _text("outcome"),
        sa.UniqueConstraint("kind", "period", "unit", "step"),
    )
    op.create_table(
        "report_forms",
        _id(),
        *(_text(name) for name in ("kind", "period", "unit")),
        sa.Column("frozen", sa.JSON(), nullable=False),
        _moment("asked_at"),
        sa.Column("due_on", sa.Date(), nullable=False),
        _moment("late_from"),
        _moment("closes_at"),
        sa.UniqueConstraint("kind", "period", "unit"),
    )
    op.create_index("ix_report_forms_unit", "report_forms", ["unit"], unique=False)
    op.create_table(
        "returns",
        _id(),
        sa.Column("form", sa.Integer(), sa.ForeignKey("report_forms.id"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _text("state"),
        sa.Column("answers", sa.JSON(), nullable=False),
        _text("by"),
        _moment("at"),
        _text("channel"),
        sa.Column("arrival", sa.Integer(), sa.ForeignKey("arrivals.id"), nullable=True),
        sa.UniqueConstraint("form", "version"),
    )
    op.create_table(
        "support_requests",
        _id(),
        *(_text(name) for name in ("unit", "asked_by", "subject", "text", "state", "owner")),
        _moment("opened_at"),
        _moment("taken_at", nullable=True),
        _moment("closed_at", nullable=True),
        _text("answer"),
        sa.Column("form", sa.Integer(), sa.ForeignKey("report_forms.id"), nullable=True, unique=True),
        sa.Column("arrival", sa.Integer(), sa.ForeignKey("arrivals.id"), nullable=True, unique=True),
    )
    op.create_index("support_requests_open", "support_requests", ["state", "opened_at"], unique=False)
