"""Reading the configuration; every complaint is one line that names file, key and remedy.

``vanthu config example`` prints ``hub.settings`` as ``config.example.toml``; a test says the
file in the repository is current. Unknown keys are errors.
"""

from __future__ import annotations

import dataclasses
import difflib
import os
import stat
import tomllib
import zoneinfo
from pathlib import Path
from typing import Any, get_type_hints

import msgspec

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
            lines.append(f"# {item.name} = {_toml(getattr(kind(), item.name))}")
    return "\n".join(lines) + "\n"


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


def _check(path: Path, config: Config) -> None:
    """What no type can say."""
    problems = (
        ("organisation.domains", not config.organisation.domains, _("name at least one mail domain")),
        (
            "organisation.zone",
            config.organisation.zone not in zoneinfo.available_timezones(),
            _("write a zone as Asia/Ho_Chi_Minh"),
        ),
        ("smtp.port", not 0 <= config.smtp.port < 65536, _("write a port from 0 to 65535")),
        ("smtp.max_message_mb", not 1 <= config.smtp.max_message_mb <= 1024, _("write 1 to 1024")),
        (
            "smtp.tls_key",
            bool(config.smtp.tls_cert) != bool(config.smtp.tls_key),
            _("name both certificate and key, or none"),
        ),
        (
            "storage.url",
            not _known_url(config.storage.url),
            _("write sqlite:///file or postgresql://user@host/name"),
        ),
        (
            "storage.reserve_share",
            not 0 <= config.storage.reserve_share < 1,
            _("write a share from 0 to 0.99"),
        ),
        ("reading.children", not 1 <= config.reading.children <= 64, _("write 1 to 64")),
        ("reading.threshold", not 0 <= config.reading.threshold <= 1, _("write 0 to 1")),
        ("work.workers", not 1 <= config.work.workers <= 64, _("write 1 to 64")),
        (
            "schedule.journal_head_at",
            not _clock_time(config.schedule.journal_head_at),
            _("write a time as 07:00"),
        ),
    )
    for key, wrong, remedy in problems:
        if wrong:
            section, name = key.split(".")
            value = _toml(getattr(getattr(config, section), name))
            raise ConfigError(
                _("{path}: {key} = {value}: {remedy}").format(path=path, key=key, value=value, remedy=remedy)
            )


def _known_url(url: str) -> bool:
    return not url or url.startswith(("sqlite:///", "postgresql://"))


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
    return msgspec.json.encode(str(value)).decode()
