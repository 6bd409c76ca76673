"""Versions of rule sets: draft, published, withdrawn. Publishing is one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from rules.vocabulary import RuleSetState
from storage import settings
from storage.engine import AnyRow
from storage.tables.machinery import rule_sets

REVISION = "rules_revision"


def publish(connection: Connection, scope: str, source: str, author: str, comment: str, now: datetime) -> int:
    """Publish a source as the scope's next version, withdrawing the former one; its version."""
    settings.bump(connection, REVISION)  # first, because it makes other publishers wait
    version = 1 + (
        connection.execute(select(func.max(rule_sets.c.version)).where(rule_sets.c.scope == scope)).scalar()
        or 0
    )
    standing = update(rule_sets).where(
        rule_sets.c.scope == scope, rule_sets.c.state == RuleSetState.PUBLISHED
    )
    connection.execute(standing, {"state": RuleSetState.WITHDRAWN, "withdrawn_at": now})
    values = {
        "scope": scope,
        "version": version,
        "state": RuleSetState.PUBLISHED,
        "source": source,
        "sha256": hashlib.sha256(source.encode()).hexdigest(),
        "author": author,
        "comment": comment,
        "created_at": now,
        "published_at": now,
    }
    connection.execute(insert(rule_sets), values)
    return version


def published(connection: Connection) -> Sequence[AnyRow]:
    """The published set of every scope."""
    return connection.execute(
        select(rule_sets)
        .where(rule_sets.c.state == RuleSetState.PUBLISHED)
        .order_by(rule_sets.c.scope, rule_sets.c.version)
    ).all()


def history(connection: Connection, scope: str) -> Sequence[AnyRow]:
    """All versions of a scope, newest first."""
    return connection.execute(
        select(rule_sets).where(rule_sets.c.scope == scope).order_by(rule_sets.c.version.desc())
    ).all()
