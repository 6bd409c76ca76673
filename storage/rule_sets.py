"""Versions of rule sets: draft, published, withdrawn. Publishing is one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from rules.vocabulary import RuleSetState
from storage import settings
from storage.engine import AnyRow
from storage.tables.machinery import rule_sets

REVISION = "rules_revision"


def draft(connection: Connection, scope: str, source: str, author: str, comment: str, now: datetime) -> int:
    """Keep a source as the scope's next version, in force nowhere yet; its version."""
    settings.bump(connection, REVISION)  # first, because it makes other writers of versions wait
    return _add(connection, scope, source, author, comment, now, {"state": RuleSetState.DRAFT})


def publish(connection: Connection, scope: str, source: str, author: str, comment: str, now: datetime) -> int:
    """Publish a source as the scope's next version, withdrawing the former one; its version."""
    settings.bump(connection, REVISION)  # first, because it makes other publishers wait
    withdraw(connection, scope, now)
    values = {"state": RuleSetState.PUBLISHED, "published_at": now}
    return _add(connection, scope, source, author, comment, now, values)


def publish_draft(connection: Connection, scope: str, version: int, comment: str, now: datetime) -> bool:
    """Put a draft in force in the place of the former version; False when it is no draft any more."""
    settings.bump(connection, REVISION)
    this = (rule_sets.c.scope == scope) & (rule_sets.c.version == version)
    waits = select(rule_sets.c.id).where(this, rule_sets.c.state == RuleSetState.DRAFT)
    if connection.execute(waits).first() is None:
        return False
    withdraw(connection, scope, now)
    values: dict[str, Any] = {"state": RuleSetState.PUBLISHED, "published_at": now}
    connection.execute(update(rule_sets).where(this), values | ({"comment": comment} if comment else {}))
    return True


def withdraw(connection: Connection, scope: str, now: datetime) -> int:
    """Take what is in force out of force; how many versions that were."""
    settings.bump(connection, REVISION)
    standing = update(rule_sets).where(
        rule_sets.c.scope == scope, rule_sets.c.state == RuleSetState.PUBLISHED
    )
    values = {"state": RuleSetState.WITHDRAWN, "withdrawn_at": now}
    return int(connection.execute(standing, values).rowcount)


def _add(
    connection: Connection,
    scope: str,
    source: str,
    author: str,
    comment: str,
    now: datetime,
    state: Mapping[str, Any],
) -> int:
    last = connection.execute(
        select(func.max(rule_sets.c.version)).where(rule_sets.c.scope == scope)
    ).scalar()
    values = {
        "scope": scope,
        "version": 1 + (last or 0),
        "source": source,
        "sha256": hashlib.sha256(source.encode()).hexdigest(),
        "author": author,
        "comment": comment,
        "created_at": now,
        **state,
    }
    connection.execute(insert(rule_sets), values)
    return int(values["version"])


def version_of(connection: Connection, scope: str, version: int) -> AnyRow | None:
    """One version of a scope."""
    this = (rule_sets.c.scope == scope) & (rule_sets.c.version == version)
    return connection.execute(select(rule_sets).where(this)).one_or_none()


def before(connection: Connection, scope: str) -> AnyRow | None:
    """The version that was in force before the present one."""
    return connection.execute(
        select(rule_sets)
        .where(rule_sets.c.scope == scope, rule_sets.c.state == RuleSetState.WITHDRAWN)
        .order_by(rule_sets.c.withdrawn_at.desc(), rule_sets.c.version.desc())
        .limit(1)
    ).one_or_none()


def in_force(connection: Connection, moment: datetime) -> Sequence[AnyRow]:
    """The set of every scope that was in force at this moment."""
    ended = rule_sets.c.withdrawn_at.is_(None) | (rule_sets.c.withdrawn_at > moment)
    return connection.execute(
        select(rule_sets)
        .where(rule_sets.c.published_at.is_not(None), rule_sets.c.published_at <= moment, ended)
        .order_by(rule_sets.c.scope, rule_sets.c.version)
    ).all()


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
