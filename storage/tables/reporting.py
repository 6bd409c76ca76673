"""Periodic reports: forms that units were asked for, what came back, steps done, requests for help."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.columns import json_dict, moment, table


class ReportSlot(SQLModel, table=True):
    """A step of a period's ladder for a unit ("" for the period as a whole); its key makes it happen once."""

    __tablename__ = "report_slots"
    __table_args__ = (UniqueConstraint("kind", "period", "unit", "step"),)
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    period: str
    unit: str = ""
    step: str
    due_at: datetime = moment()
    done_at: datetime = moment()
    late: bool = False
    outcome: str = ""  # sent | skipped | issued


class ReportForm(SQLModel, table=True):
    """A form that a unit was asked to hand in, with the figures as they stood at the cut-off."""

    __tablename__ = "report_forms"
    __table_args__ = (UniqueConstraint("kind", "period", "unit"),)
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    period: str
    unit: str = Field(index=True)
    frozen: dict[str, Any] = json_dict()  # by field code
    asked_at: datetime = moment()
    due_on: date  # the last day, a working day
    late_from: datetime = moment()
    closes_at: datetime = moment()


class Return(SQLModel, table=True):
    """What a unit handed in; each correction is a new version, and the newest counts."""

    __tablename__ = "returns"
    __table_args__ = (UniqueConstraint("form", "version"),)
    id: int | None = Field(default=None, primary_key=True)
    form: int = Field(foreign_key="report_forms.id")
    version: int
    state: str  # handed_in | replaced | draft (version 0: what is not whole yet)
    answers: dict[str, Any] = json_dict()  # every field, by code
    by: str
    at: datetime = moment()
    channel: str  # mail | sheet | telegram | console | web
    arrival: int | None = Field(default=None, foreign_key="arrivals.id")


class SupportRequest(SQLModel, table=True):
    """Something that a unit needs help with, and what the Centre does about it."""

    __tablename__ = "support_requests"
    __table_args__ = (Index("support_requests_open", "state", "opened_at"),)
    id: int | None = Field(default=None, primary_key=True)  # the number that people are told
    unit: str = ""
    asked_by: str
    subject: str = ""
    text: str
    state: str  # open | taken | closed
    owner: str = ""  # a person of the Centre
    opened_at: datetime = moment()
    taken_at: datetime | None = moment(nullable=True)
    closed_at: datetime | None = moment(nullable=True)
    answer: str = ""
    form: int | None = Field(default=None, foreign_key="report_forms.id", unique=True)
    arrival: int | None = Field(default=None, foreign_key="arrivals.id", unique=True)


report_slots, report_forms = table(ReportSlot), table(ReportForm)
returns, support_requests = table(Return), table(SupportRequest)
