"""Reading the configuration; every complaint is one line that names file, key and remedy.

``vanthu config example`` prints ``hub.settings`` as ``config.example.toml``; a test says the
file in the repository is current. Unknown keys are errors.
"""

from __future__ import annotations

import dataclasses
import difflib
import ipaddress
import os
import stat
import tomllib
import zoneinfo
from collections.abc import Sequence
from datetime import date, time
from pathlib import Path
from typing import Any, get_args, get_type_hints
from urllib.parse import urlsplit

import msgspec

from hub.fetching import setup
from hub.settings import Config
from hub.texts import _

DISTINCT_BYTES = 8  # fewer different ones are a pattern, not a key


class ConfigError(Exception):
    """One clear line: file, key, what is wrong, what to do."""


def load(path: Path, environment: dict[str, str] | None = None) -> Config:
    """Read and check a configuration file. Raises ConfigError with one line."""
    values = _parse(path)
    sections = {item.name: item.default_factory for item in dataclasses.fields(Config)}
    _refuse_unknown(path, "", values, list(sections))
    built = {name: _section(path, name, kind, values.get(name, {})) for name, kind in sections.items()}
    config = Config(**built)
    url = (os.environ if environment is None else environment).get("VANTHU_STORAGE_URL")
    if url:
        config = dataclasses.replace(config, storage=dataclasses.replace(config.storage, url=url))
    _check(path, config)
    return config


def secret(path: Path, where: str, *, shortest: int = 1) -> bytes:
    """The content of a secret file. Raises ConfigError when missing, readable by others or too short."""
    private(path, where)
    try:
        value = path.read_bytes().strip()
    except OSError as error:
        raise _unreadable(path, where) from error
    if not value:
        raise ConfigError(
            _("{where}: the secret file {path} is empty; write the secret into it").format(
                where=where, path=path
            )
        )
    if len(value) < shortest or len(set(value)) < min(shortest, DISTINCT_BYTES):
        raise ConfigError(
            _(
                "{where}: the secret file {path} is too easy to guess; it needs {count} random characters"
            ).format(where=where, path=path, count=shortest)
        )
    return value


def private(path: Path, where: str) -> None:
    """Raises ConfigError when others can read this file."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise _unreadable(path, where) from error
    if stat.S_IMODE(mode) & 0o077:
        raise ConfigError(
            _("{where}: others can read the secret file {path}; run: chmod 600 {path}").format(
                where=where, path=path
            )
        )


def _unreadable(path: Path, where: str) -> ConfigError:
    return ConfigError(
        _("{where}: cannot read the secret file {path}; create it with mode 600").format(
            where=where, path=path
        )
    )


def example() -> str:
    """``config.example.toml``: every setting with its meaning and default."""
    lines = [f"# {_('Configuration of Vanthu. Every line shows a default; remove the # to change it.')}"]
    for section in dataclasses.fields(Config):
        lines += ["", f"[{section.name}]"]
        kind: Any = section.default_factory
        for item in dataclasses.fields(kind):
            lines.append(f"# {_(item.metadata['doc'])}")
            lines += _example_of_each(get_type_hints(kind)[item.name])
            lines.append(f"# {item.name} = {_toml(getattr(kind(), item.name))}")
    return "\n".join(lines) + "\n"


def _example_of_each(kind: Any) -> list[str]:
    """The settings of what there may be several of: each with its meaning and default."""
    of_each: Any = next((each for each in get_args(kind) if dataclasses.is_dataclass(each)), None)
    if of_each is None:
        return []
    default = of_each()
    return [
        f"#   {item.name} ({_toml(getattr(default, item.name))}): {_(item.metadata['doc'])}"
        for item in dataclasses.fields(of_each)
    ]


def write(path: Path, values: dict[str, dict[str, Any]]) -> None:
    """Write a configuration that holds just these values, for the owner's eyes only."""
    lines = []
    for section, settings in values.items():
        lines.append(f"[{section}]")
        lines += [f"{name} = {_toml(value)}" for name, value in settings.items()]
        lines.append("")
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


def _parse(path: Path) -> dict[str, Any]:
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o022:
            raise ConfigError(
                _("{path}: others can change this file; run: chmod 600 {path}").format(path=path)
            )
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(
            _("{path}: there is no configuration; run: vanthu init").format(path=path)
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(_("{path}: cannot be read: {error}").format(path=path, error=error)) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(_("{path}: not valid TOML: {error}").format(path=path, error=error)) from error


def _section(path: Path, name: str, kind: Any, values: Any) -> Any:
    if not isinstance(values, dict):
        raise ConfigError(_("{path}: {name} must be a section [{name}]").format(path=path, name=name))
    hints = get_type_hints(kind)
    _refuse_unknown(path, f"{name}.", values, list(hints))
    checked = {key: _value(path, f"{name}.{key}", value, hints[key]) for key, value in values.items()}
    return kind(**checked)


def _value(path: Path, key: str, value: Any, kind: Any) -> Any:
    for each in get_args(kind):
        for number, item in enumerate(value if isinstance(value, list) else (), 1):
            if dataclasses.is_dataclass(each) and isinstance(item, dict):
                _refuse_unknown(path, f"{key}[{number}].", item, list(get_type_hints(each)))
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise ConfigError(
            _("{path}: {key} = {value}: {error}").format(path=path, key=key, value=_toml(value), error=error)
        ) from error


def _refuse_unknown(path: Path, prefix: str, values: dict[str, Any], known: list[str]) -> None:
    for name in values:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = _("did you mean {name}?").format(name=near[0]) if near else _("remove it")
            raise ConfigError(
                _("{path}: unknown key {key}; {hint}").format(path=path, key=prefix + name, hint=hint)
            )


# section.key, least, most
RANGES = (
    ("smtp.port", 0, 65535),
    ("smtp.max_message_mb", 1, 1024),
    ("smtp.max_recipients", 1, 10_000),
    ("smtp.max_connections", 1, 10_000),
    ("smtp.max_connections_per_ip", 1, 10_000),
    ("mailboxes.quota_mb", 0, 1_000_000),
    ("mailboxes.unit_ceiling", 0, 1_000_000),
    ("mailboxes.first_password_hours", 1, 720),
    ("mailboxes.sends_per_hour", 1, 1_000_000),
    ("mailboxes.target", 0, 1),
    ("web.port", 0, 65535),
    ("storage.reserve_share", 0, 0.99),
    ("checks.timeout_seconds", 0.1, 60),
    ("scanner.settle_seconds", 0, 3600),
    ("scanner.poll_seconds", 0.05, 3600),
    ("fetch.sweep_seconds", 1, 300),
    ("fetch.alarm_minutes", 0.1, 10_080),
    ("reading.children", 1, 64),
    ("reading.seconds", 1, 3600),
    ("reading.memory_mb", 128, 65536),
    ("reading.documents_per_child", 1, 1_000_000),
    ("reading.threshold", 0, 1),
    ("delivery.first_retry_minutes", 0.1, 1440),
    ("delivery.longest_retry_hours", 0.1, 168),
    ("delivery.give_up_days", 0.1, 365),
    ("work.workers", 1, 64),
)


def _check(path: Path, config: Config) -> None:
    """What no type can say."""
    ranges = [
        (
            key,
            not least <= _setting(config, key) <= most,
            _("write {low} to {high}").format(low=least, high=most),
        )
        for key, least, most in RANGES
    ]
    for key, wrong, remedy in (*_meanings(config), *ranges):
        if wrong:
            value = _toml(_setting(config, key))
            raise ConfigError(
                _("{path}: {key} = {value}: {remedy}").format(path=path, key=key, value=value, remedy=remedy)
            )
    for key, value, remedy in setup.faults(config.fetch):
        words = _("{path}: {key} = {value}: {remedy}")
        raise ConfigError(words.format(path=path, key=key, value=_toml(value), remedy=remedy))


def _setting(config: Config, key: str) -> Any:
    section, name = key.split(".")
    return getattr(getattr(config, section), name)


def office_hours(texts: Sequence[str]) -> tuple[tuple[time, time], ...] | None:
    """Spans of a day, each beginning before it ends; None where one is written otherwise."""
    try:
        spans = [tuple(time.fromisoformat(part.strip()) for part in text.split("-")) for text in texts]
    except ValueError:
        return None
    if any(len(span) != 2 or span[0] >= span[1] for span in spans):
        return None
    return tuple((span[0], span[1]) for span in spans)


def _meanings(config: Config) -> tuple[tuple[str, bool, str], ...]:
    """(key, is it wrong, what to write) of settings that are more than a number in a range."""
    organisation = config.organisation
    zones = zoneinfo.available_timezones()
    day, time_of_day = _("write days as 2026-02-20"), _("write a time as 07:00")
    return (
        ("organisation.domains", not organisation.domains, _("name at least one mail domain")),
        ("organisation.zone", organisation.zone not in zones, _("write a zone as Asia/Ho_Chi_Minh")),
        ("organisation.holidays", not _days(organisation.holidays), day),
        ("organisation.working_days", not _days(organisation.working_days), day),
        (
            "organisation.office_hours",
            office_hours(organisation.office_hours) is None,
            _("write hours as 07:30-11:30"),
        ),
        *_addresses(config),
        (
            "storage.url",
            not _known_url(config.storage.url),
            _("write sqlite:///file or postgresql://user@host/name"),
        ),
        *(
            (f"{section}.{name}", not _clock_time(_setting(config, f"{section}.{name}")), time_of_day)
            for section, name in (
                ("chat", "quiet_from"),
                ("chat", "quiet_to"),
                ("schedule", "journal_head_at"),
            )
        ),
    )


def _addresses(config: Config) -> tuple[tuple[str, bool, str], ...]:
    """The same of ports, networks and web addresses."""
    smtp = config.smtp
    return (
        (
            "smtp.tls_key",
            bool(smtp.tls_cert) != bool(smtp.tls_key),
            _("name both certificate and key, or none"),
        ),
        (
            "smtp.trusted_networks",
            not all(_network(text) for text in smtp.trusted_networks),
            _("write networks as 10.1.0.0/16"),
        ),
        (
            "checks.clamd",
            not (config.checks.clamd.startswith("/") or _listening(config.checks.clamd)),
            _("write the path of a socket, or HOST:PORT"),
        ),
        *(
            (f"mailboxes.{name}", not _listening(getattr(config.mailboxes, name)), _("write HOST:PORT"))
            for name in ("imap", "imaps", "submission", "submissions")
        ),
        (
            "web.public_url",
            not _web_address(config.web.public_url),
            _("write an address as https://vanthu.example, without anything after it"),
        ),
        (
            "exchange.webhooks",
            not all(_webhook(text) for text in config.exchange.webhooks),
            _("write a unit's code and an https address, as sotaichinh https://qlvb.example/vanthu"),
        ),
    )


def _webhook(text: str) -> bool:
    """Clear text only stays on this machine."""
    _unit, _blank, url = text.strip().partition(" ")
    parts = urlsplit(url.strip())
    safe = parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
    )
    return safe and bool(parts.netloc) and "@" not in parts.netloc


def _listening(text: str) -> bool:
    host, _colon, port = text.rpartition(":")
    return not text or (bool(host) and port.isdecimal() and int(port) < 65536)


def _known_url(url: str) -> bool:
    return not url or url.startswith(("sqlite:///", "postgresql://"))


def _web_address(text: str) -> bool:
    parts = urlsplit(text)
    plain = parts.scheme in ("http", "https") and bool(parts.netloc) and "@" not in parts.netloc
    return not text or (plain and not parts.path and not parts.query and not parts.fragment)


def _clock_time(text: str) -> bool:
    hour, colon, minute = text.partition(":")
    return bool(colon) and hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {_toml(item)}" for name, item in value.items()) + "}"
    return msgspec.json.encode(str(value)).decode()


def _network(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


def _days(texts: list[str]) -> bool:
    try:
        return all(date.fromisoformat(text) for text in texts)
    except ValueError:
        return False
