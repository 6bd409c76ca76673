"""The command line as its users meet it: language, one line for a fault, exit codes, JSON alone."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.main import get_command

from hub import texts
from hub.cli import program
from hub.cli.usage import parameters

PROGRAM = [sys.executable, "-c", "from hub.cli import main; main()"]
HEAVY = {"sqlalchemy", "alembic", "cryptography", "apscheduler", "aiosmtpd", "holidays", "jinja2", "lxml"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hub") / "data"
    assert program.run(["init", "--sample", "--data", str(folder)]) == 0
    return folder


@pytest.fixture(autouse=True)
def speak_vietnamese_afterwards(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LANG", "vi_VN.UTF-8")
    yield
    texts.use_environment({})
    texts.use("vi")


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = program.run(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.mark.parametrize(
    ("language", "want"),
    [("vi_VN.UTF-8", "Văn bản, mới nhất trước."), ("en_US.UTF-8", "Documents, newest first."),
     ("C", "Documents, newest first."), ("", "Văn bản, mới nhất trước.")],
)  # fmt: skip
def test_help_speaks_the_language_of_the_terminal(
    language: str, want: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "_process_language", "vi")  # whatever another test spoke
    monkeypatch.setattr(texts, "_asked_for", False)
    monkeypatch.setenv("LANG", language)
    code, out, _err = said(capsys, "--help")
    assert code == 0 and want in out


def test_every_help_text_is_in_the_catalogue() -> None:
    """What stands in help= and is not marked by N_ would stay English."""
    known = set(texts.read_catalogue((texts.CATALOGUES / "vi/LC_MESSAGES/vanthu.po").read_text("utf-8")))
    helps = set(every_help(get_command(program.app)))
    assert len(helps) > 60 and helps - known == set()


def every_help(command: Any) -> list[str]:
    found = [command.help, *(getattr(parameter, "help", None) for parameter in parameters(command))]
    below = [text for item in getattr(command, "commands", {}).values() for text in every_help(item)]
    return [text for text in (*found, *below) if text]


@pytest.mark.parametrize(
    ("arguments", "want"),
    [
        (["documnets"], "có phải là documents?"),
        (["documents", "--statsu", "x"], "không có tùy chọn --statsu"),
        (["documents", "--status", "odd"], "không có tình trạng odd"),
        (["documents", "extra"], "thừa extra"),
        (["search"], "thiếu QUERY"),
        (["documents", "--limit", "x"], "--limit không hợp lệ"),
        (["review", "acept", "1"], "có phải là accept?"),
        (["review", "refuse", "1"], "thiếu --reason"),
    ],
)
def test_a_mistyped_line_is_one_line_and_exit_code_2(
    arguments: list[str], want: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = said(capsys, *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert want in err and err.startswith("✗")


def test_without_a_configuration_the_line_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = said(capsys, "documents", "--data", str(tmp_path))
    assert (code, out) == (2, "") and "hãy chạy: vanthu init" in err


def test_what_is_refused_is_exit_code_1(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(capsys, "review", "accept", "99", "--data", str(data))
    assert (code, out) == (1, "") and "không có việc 99" in err


@pytest.mark.parametrize(
    "command", ["units", "staff", "documents", "deliveries", "review", "hold", "quarantine", "queue"]
)
def test_json_stands_alone_and_an_empty_list_says_so(
    command: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = said(capsys, command, "--json", "--data", str(data))
    assert (code, err) == (0, "") and isinstance(json.loads(out), list)
    code, out, _err = said(capsys, command, "--data", str(data))
    assert code == 0 and ("không có gì" in out) == (command not in ("units", "staff"))


def test_an_answer_is_in_the_language_of_the_one_who_asks(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    code, _out, err = said(capsys, "hold", "release", "99", "--data", str(data))
    assert code == 1 and "there is no case 99 on this list" in err


def test_a_reader_who_leaves_is_no_fault(data: Path) -> None:
    command = [*PROGRAM, "units", "--json", "--data", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from hub.cli.program import run; run(['--help']); print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert HEAVY & set(done.stderr.split()) == set()


def test_a_list_of_units_loads_no_servers(data: Path) -> None:
    code = (
        "import sys; from hub.cli.program import run; "
        f"run(['units', '--json', '--data', {str(data)!r}]); print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (HEAVY - {"sqlalchemy"}) & set(done.stderr.split()) == set()


def test_a_fault_that_typer_raises_is_never_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert isinstance(program.app, typer.Typer)
    code, _out, err = said(capsys, "serve", "--smtp", "nowhere")
    assert code in (1, 2) and "Traceback" not in err
