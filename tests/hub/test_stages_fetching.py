"""Accounts that fail: administrators are told by the hub's own delivery, once a day for each trouble."""

import dataclasses
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from hub import checkpoint, health
from hub import config as configuration
from hub.config import ConfigError
from hub.fetching import accounts, watch
from hub.fetching.book import HubBook
from hub.settings import Fetch, ImapAccount
from hub.texts import speaking
from storage import journal
from tests.hub.stages import Stages

ACCOUNT = ImapAccount(
    name="thu-cu", unit="sotaichinh", host="imap.example", user="sotc@mail.example", password_file="secret"
)


@pytest.fixture
def watched(stages: Stages) -> Stages:
    """The sample hub with one account."""
    stages.hub.config = dataclasses.replace(stages.hub.config, fetch=Fetch(accounts=[ACCOUNT]))
    return stages


def told(stages: Stages) -> list[tuple[str, str]]:
    """(administrator, code) of what was planned now, and delivered."""
    with stages.hub.database.transaction() as connection:
        watch.propose(stages.hub, connection, stages.hub.now())
    before = {row["id"] for row in stages.deliveries(kind="notice") if row["state"] == "delivered"}
    stages.work()
    rows = [row for row in stages.deliveries(kind="notice") if row["id"] not in before]
    assert {row["state"] for row in rows} <= {"delivered"}
    with stages.hub.database.reading() as connection:
        said = [entry for entry in journal.walk(connection) if entry.event == "source-trouble"]
    return [(row["address"], said[-1].facts["why"]) for row in rows]


def test_a_refused_log_in_is_told_at_once_and_each_day(watched: Stages) -> None:
    book = HubBook(watched.hub, "thu-cu", "INBOX")
    assert told(watched) == []
    book.trouble("login-refused", "NO [AUTHENTICATIONFAILED] no")
    first = told(watched)
    assert first and {code for _address, code in first} == {"login-refused"}
    assert told(watched) == []
    watched.forward(days=1)
    assert len(told(watched)) == len(first)
    book.swept(0)
    assert told(watched) == []


def test_the_mail_says_what_is_wrong_and_goes_to_no_fetched_mailbox(watched: Stages) -> None:
    (administrator, *others) = watch.receivers(watched.hub, "thu-cu")
    own = dataclasses.replace(ACCOUNT, user=administrator.upper())
    watched.hub.config = dataclasses.replace(watched.hub.config, fetch=Fetch(accounts=[own]))
    assert watch.receivers(watched.hub, "thu-cu") == others
    watched.hub.config = dataclasses.replace(watched.hub.config, fetch=Fetch(accounts=[ACCOUNT]))
    HubBook(watched.hub, "thu-cu", "INBOX").trouble("certificate", "self-signed certificate")
    assert told(watched)
    local, _at, domain = administrator.partition("@")
    box = watched.hub.data / "mail" / domain / local / "new"
    mails = [message_from_bytes(path.read_bytes(), policy=default) for path in box.iterdir()]
    (mail,) = [mail for mail in mails if "thu-cu" in mail["Subject"]]
    text = mail.get_body(("plain",)).get_content()
    assert mail["Auto-Submitted"] and "self-signed certificate" in text and "sotc@mail.example" in text


def test_who_alone_looks_after_it_is_told_though_the_mailbox_is_his(
    watched: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small office has one mailbox: the only administrator's is the one that is fetched."""
    (alone, *_others) = checkpoint.administrators(watched.hub)
    monkeypatch.setattr(checkpoint, "administrators", lambda _hub: [alone])
    own = dataclasses.replace(ACCOUNT, user=alone)
    watched.hub.config = dataclasses.replace(watched.hub.config, fetch=Fetch(accounts=[own]))
    HubBook(watched.hub, "thu-cu", "INBOX").trouble("token-refused", "invalid_grant")
    assert told(watched) == [(alone, "token-refused")]


def test_an_account_at_which_nobody_looks_any_more_is_silent(watched: Stages) -> None:
    HubBook(watched.hub, "thu-cu", "INBOX").swept(0)
    watched.forward(minutes=29)
    assert told(watched) == []
    watched.forward(minutes=2)
    assert {code for _address, code in told(watched)} == {"silent"}
    assert health.remarks(watched.hub) == ["mailbox thu-cu: silent"] and health.troubles(watched.hub) == []
    named = {gauge.name: gauge.values for gauge in health.gauges(watched.hub)}
    assert named["source_success_age_seconds"] == ((("thu-cu",), 31 * 60.0),)


def test_an_account_at_which_nothing_ever_looks_is_silent_too(watched: Stages) -> None:
    assert told(watched) == []
    watched.forward(minutes=31)
    assert {code for _address, code in told(watched)} == {"silent"}
    assert HubBook(watched.hub, "thu-cu", "INBOX").open(7).uid == 0


def test_a_mail_set_aside_is_told_until_somebody_decides(watched: Stages) -> None:
    book = HubBook(watched.hub, "thu-cu", "INBOX")
    assert book.open(7).uid == 0 and book.failed(7, 5, "too-large")
    book.swept(0)
    assert {code for _address, code in told(watched)} == {"mails-aside"}
    (step,) = watched.parked()
    assert (step["stage"], step["error"]) == ("fetch", "imap:thu-cu/INBOX uid 5: too-large")
    watched.act("queue.drop", step=step["id"], reason="quảng cáo")
    watched.forward(days=1)
    book.swept(0)
    assert told(watched) == []


@pytest.mark.parametrize("written", [True, False])
def test_a_secret_is_warned_of_a_week_before_it_ends(watched: Stages, written: bool) -> None:
    """As the configuration says, or as the token's server did."""
    day = (watched.hub.today() + timedelta(days=8)).isoformat()
    book = HubBook(watched.hub, "thu-cu", "INBOX")
    if written:
        account = dataclasses.replace(ACCOUNT, oauth_expires=day)
        watched.hub.config = dataclasses.replace(watched.hub.config, fetch=Fetch(accounts=[account]))
    else:
        book.secret_ends(day)
    book.swept(0)
    assert told(watched) == []
    watched.forward(days=1)
    book.swept(0)
    assert {code for _address, code in told(watched)} == {"secret-ends"}


def test_a_unit_becomes_its_intake_and_an_unknown_one_is_refused(watched: Stages) -> None:
    assert accounts.imap_settings(watched.hub, ACCOUNT).intake == "vanthu.sotaichinh@binhlam.example"
    with pytest.raises(ConfigError, match="khongco"):
        accounts.imap_settings(watched.hub, dataclasses.replace(ACCOUNT, unit="khongco"))


GOOD = 'name = "a", host = "imap.example", user = "u", password_file = "f"'


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (f"{{{GOOD}}}", ""),
        (f'{{{GOOD}, tls = "none"}}', r"fetch\.accounts\[1\]\.tls"),
        (f'{{{GOOD}, tls = "none", host = "127.0.0.1"}}'.replace('host = "imap.example", ', ""), ""),
        (f'{{{GOOD}, oauth_token_url = "https://x.example/t"}}', r"\[1\]\.password_file"),
        (f'{{{GOOD}, colour = "red"}}', r"unknown key fetch\.accounts\[1\]\.colour"),
        (f'{{{GOOD}, since = "yesterday"}}', r"\[1\]\.since"),
        (f'{{{GOOD}, afterwards = "move", move_to = "INBOX"}}', r"\[1\]\.move_to"),
        (f"{{{GOOD}}}, {{{GOOD}}}", "name of its own"),
        ('{name = "A B", host = "h", user = "u", password_file = "f"}', r"\[1\]\.name"),
        (
            '{name = "a", host = "h", user = "u", oauth_token_url = "http://x.example"}',
            r"oauth_token_url|oauth_client_secret_file",
        ),
    ],
)
def test_what_is_wrong_in_an_account_is_named(tmp_path: Path, line: str, named: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"[fetch]\naccounts = [{line}]\n")
    file.chmod(0o600)
    if not named:
        configuration.load(file, environment={})
        return
    with speaking("en"), pytest.raises(ConfigError, match=named):
        configuration.load(file, environment={})
