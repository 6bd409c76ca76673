"""What the doctor sees on a healthy hub, and on one that lacks something."""

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from hub.clock import SetClock
from hub.context import Hub
from hub.doctor import Check, examine, flow, machine, organisation, rules_in_force
from hub.doctor import database as of_the_database
from hub.founding import found
from rules.values.arrival import Envelope
from rules.vocabulary import DeliveryState, StepState
from storage import deliveries, directory, journal, steps
from storage.journal import Event
from storage.spool import Spool
from storage.tables.deliveries import deliveries as delivery_rows
from storage.tables.machinery import steps as step_rows
from storage.tables.parties import posts

NOW = datetime.now(UTC) + timedelta(hours=3)  # later than any founding in this run


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    made = found(tmp_path / "hub", sample=True)
    made.clock = SetClock(NOW)
    yield made
    made.database.close()


def of(hub: Hub, check: Any) -> tuple[str, list[Check]]:
    """The worst state of one examination, and all of it."""
    found_checks = list(check(hub))
    order = ("ok", "warning", "error")
    return max((item.state for item in found_checks), key=order.index, default="ok"), found_checks


def configured(hub: Hub, section: str, **values: object) -> None:
    part = dataclasses.replace(getattr(hub.config, section), **values)
    hub.config = dataclasses.replace(hub.config, **{section: part})


def test_a_fresh_sample_hub_has_no_errors(hub: Hub) -> None:
    checks = examine(hub)
    assert [check for check in checks if check.state == "error"] == []
    assert all(check.name and check.text for check in checks)
    assert all(check.remedy for check in checks if check.state != "ok")
    assert len({check.name for check in checks}) >= 14


def test_postgresql_is_looked_at_with_its_own_eyes(tmp_path: Path, postgres_url: str) -> None:
    hub = found(tmp_path / "hub", sample=False, domain="binhlam.example", storage_url=postgres_url)
    checks = examine(hub)
    assert [check for check in checks if check.state == "error"] == []
    assert any(check.text.startswith("PostgreSQL 1") for check in checks)
    assert {"pg_dump", "pg_restore"} <= {check.name for check in checks}
    hub.database.close()


def test_a_postgresql_that_loses_commits_is_an_error(tmp_path: Path, postgres_url: str) -> None:
    hub = found(tmp_path / "hub", sample=False, domain="binhlam.example", storage_url=postgres_url)
    with hub.database.transaction() as connection:
        name = hub.database.url.database
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET synchronous_commit = off")
    hub.database.close()
    again = type(hub.database)(postgres_url)
    hub.database = again
    state, [check] = of(hub, of_the_database.settings_of_the_engine)
    assert state == "error" and check.text == "synchronous_commit = off"
    again.close()


def test_a_database_that_is_gone_is_told_and_nothing_falls(hub: Hub) -> None:
    hub.directory  # noqa: B018 - read before the database goes away
    hub.database.close()
    (hub.data / "hub.db").rename(hub.data / "elsewhere.db")
    checks = examine(hub)
    assert any(check.state == "error" and "unable to open" in check.text for check in checks)
    (hub.data / "elsewhere.db").rename(hub.data / "hub.db")


@pytest.mark.parametrize("name", ["config.toml", "secret.key", "tls.key", "."])
def test_what_others_can_read_is_an_error(hub: Hub, name: str) -> None:
    assert of(hub, machine.permissions)[0] == "ok"
    (hub.data / name).chmod(0o644)
    state, checks = of(hub, machine.permissions)
    assert state == "error" and checks[0].remedy.startswith("chmod go= ")
    (hub.data / name).chmod(0o700)


def test_a_short_secret_is_an_error(hub: Hub) -> None:
    hub.secret = b"short"
    assert of(hub, machine.permissions)[0] == "error"


def test_the_certificate_runs_out(hub: Hub) -> None:
    assert of(hub, machine.certificate)[0] == "ok"
    for days, want in ((800, "warning"), (900, "error")):
        hub.clock = SetClock(NOW + timedelta(days=days))
        assert of(hub, machine.certificate)[0] == want
    configured(hub, "smtp", tls_cert="")
    assert of(hub, machine.certificate)[0] == "warning"
    configured(hub, "smtp", tls_cert=str(hub.data / "config.toml"))
    assert of(hub, machine.certificate)[0] == "error"


@pytest.mark.parametrize(
    ("network", "want"),
    [
        ("127.0.0.0/8", "ok"),
        ("10.1.0.0/16", "ok"),
        ("0.0.0.0/0", "warning"),
        ("8.8.8.0/24", "warning"),
        ("::1", "ok"),
    ],
)
def test_a_wide_trusted_network_is_a_warning(hub: Hub, network: str, want: str) -> None:
    configured(hub, "smtp", trusted_networks=[network])
    assert of(hub, machine.trusted_networks)[0] == want


def test_a_full_disk_is_an_error(hub: Hub) -> None:
    assert of(hub, machine.disk)[0] in ("ok", "warning")
    configured(hub, "storage", reserve_share=0.9999)
    assert of(hub, machine.disk)[0] == "error"


def test_readers_start_without_a_network(hub: Hub) -> None:
    state, [check] = of(hub, machine.readers)
    assert state in ("ok", "warning") and check.text


def test_the_schema_and_the_clock(hub: Hub) -> None:
    assert of(hub, of_the_database.schema)[0] == "ok"
    hub.clock = SetClock(NOW + timedelta(days=3))
    with hub.database.transaction() as connection:
        journal.append(connection, "an", [Event("note", "x")], hub.now())
    assert of(hub, of_the_database.clock)[0] == "ok"
    hub.clock = SetClock(NOW)
    assert of(hub, of_the_database.clock)[0] == "error"
    with hub.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    assert of(hub, of_the_database.schema)[0] == "error"


def test_what_waits_in_the_spool_and_what_is_bad(hub: Hub) -> None:
    spool = Spool(hub.data / "spool")
    parcels = [spool.put(Envelope("smtp", "x", NOW), b"mail") for _ in range(3)]
    spool.put(Envelope("smtp", "x", NOW), b"x" * 2_000_000)
    spool.remove(parcels[0])
    state, [check] = of(hub, flow.spool)
    assert state == "ok" and check.text.startswith("3 ")
    spool.close()
    (hub.data / "spool" / "bad" / "x").write_bytes(b"?")
    assert of(hub, flow.spool)[0] == "warning"


def test_parked_and_late_steps(hub: Hub) -> None:
    with hub.database.transaction() as connection:
        steps.enqueue(connection, "register", 1, NOW - timedelta(minutes=9))
    assert of(hub, flow.steps_of_the_queue)[0] == "ok"
    hub.clock = SetClock(NOW + timedelta(minutes=2))
    assert of(hub, flow.steps_of_the_queue)[0] == "error"
    with hub.database.transaction() as connection:
        connection.execute(update(step_rows).values(state=StepState.PARKED))
    assert of(hub, flow.steps_of_the_queue)[0] == "warning"


def planned(hub: Hub, key: str, created: datetime) -> None:
    row = {"key": key, "receiver": "x", "state": DeliveryState.PLANNED, "letter": {}}
    with hub.database.transaction() as connection:
        deliveries.plan(
            connection, [{**row, "kind": "notice", "next_attempt": created, "created_at": created}]
        )


def test_late_and_failed_deliveries(hub: Hub) -> None:
    planned(hub, "r.1", NOW - timedelta(minutes=9))
    assert of(hub, flow.overdue_deliveries)[0] == "ok"
    hub.clock = SetClock(NOW + timedelta(minutes=2))
    assert of(hub, flow.overdue_deliveries)[0] == "error"
    with hub.database.transaction() as connection:
        connection.execute(update(delivery_rows).values(state=DeliveryState.FAILED, next_attempt=None))
    assert of(hub, flow.overdue_deliveries)[0] == "warning"


def test_a_head_that_no_longer_goes_out(hub: Hub) -> None:
    assert of(hub, flow.journal_head)[0] == "warning"
    planned(hub, "journal-head.2026-11-23.an@x", NOW)
    assert of(hub, flow.journal_head)[0] == "warning"
    with hub.database.transaction() as connection:
        connection.execute(update(delivery_rows).values(state=DeliveryState.DELIVERED, finished_at=NOW))
    assert of(hub, flow.journal_head)[0] == "ok"
    hub.clock = SetClock(NOW + timedelta(days=3))
    assert of(hub, flow.journal_head)[0] == "error"


def test_a_unit_that_lost_its_clerk_and_parties_without_a_way(hub: Hub) -> None:
    assert of(hub, organisation.clerks)[0] == "ok"
    with hub.database.transaction() as connection:
        connection.execute(posts.delete().where(posts.c.unit == "sonoivu", posts.c.role == "clerk"))
        connection.exec_driver_sql("UPDATE settings SET value = '99' WHERE name = 'directory_revision'")
    hub.refresh()
    state, [check] = of(hub, organisation.clerks)
    assert state == "warning" and "sonoivu" in check.text
    configured(hub, "delivery", smarthost="mail.example:25")
    assert all("smarthost" not in check.remedy for check in organisation.addresses(hub))


def test_letters_without_a_place_are_a_warning(hub: Hub) -> None:
    assert not list(organisation.place(hub))
    configured(hub, "organisation", place="")
    assert of(hub, organisation.place)[0] == "warning"


def test_rules_that_no_longer_fit_the_organisation(hub: Hub) -> None:
    """A unit that a published rule names was closed since, and nobody follows it."""
    assert of(hub, rules_in_force.rules_in_force)[0] == "ok"
    units = hub.directory.units
    closed = dataclasses.replace(units["ttpvhcc"], valid_to=hub.today() - timedelta(days=1))
    with hub.database.transaction() as connection:
        directory.replace(connection, dataclasses.replace(hub.directory, units={**units, "ttpvhcc": closed}))
    hub.refresh()
    state, seen = of(hub, rules_in_force.rules_in_force)
    assert state == "error" and '"ttpvhcc"' in seen[0].text and "thu-tuc-hanh-chinh" in seen[0].text
    assert "vanthu rules check" in seen[0].remedy
