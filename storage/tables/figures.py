"""What a period's report said, kept so that later runs do not change history; reports that were issued."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.columns import json_dict, moment, table


class PeriodFigures(SQLModel, table=True):
    """One unit's counts at the cut-off, and its figures as they were reported."""

    __tablename__ = "period_figures"
    period: str = Field(primary_key=True)  # 2026-11
    unit: str = Field(primary_key=True)
    facts: dict[str, Any] = json_dict()
    readings: dict[str, Any] = json_dict()  # measure -> [value, of, unanswered]; empty until it is reported
    frozen_at: datetime = moment()
    reported_at: datetime | None = moment(nullable=True)


class ReportIssue(SQLModel, table=True):
    """A report that the hub issues itself: its number is kept before it is written, as it stands on it."""

    __tablename__ = "report_issues"
    __table_args__ = (UniqueConstraint("kind", "period", "part"),)
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    period: str
    part: str  # report | supplement
    book: int = Field(foreign_key="books.id")
    number: int
    symbol: str
    dated: date
    late: bool = False
    begun_at: datetime = moment()
    document: int | None = Field(default=None, foreign_key="documents.id")


period_figures, report_issues = table(PeriodFigures), table(ReportIssue)
