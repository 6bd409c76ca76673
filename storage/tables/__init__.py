"""All rows the hub keeps, by subject. Importing this package knows every table."""

from sqlmodel import SQLModel

from storage.tables import (
    arrivals,
    chats,
    deliveries,
    documents,
    fetching,
    figures,
    following,
    machinery,
    mailboxes,
    parties,
    registers,
    reporting,
)

metadata = SQLModel.metadata

__all__ = [
    "arrivals",
    "chats",
    "deliveries",
    "documents",
    "fetching",
    "figures",
    "following",
    "machinery",
    "mailboxes",
    "metadata",
    "parties",
    "registers",
    "reporting",
]
