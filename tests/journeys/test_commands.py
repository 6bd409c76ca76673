"""Every command as at a console, on a hub that runs."""

import json
import os
from pathlib import Path

import pytest

from hub import config as configuration
from tests.journeys.conftest import Make
from tests.journeys.house import GENERAL, House, here, intake, person, run
from tests.journeys.papers import text_file

DOCUMENT_KEYS = {
    "id", "symbol", "date", "place", "issuer", "type", "subject", "signer", "urgency", "recipients", "units",
    "files", "direction", "status", "source", "confidence", "entries",
}  # fmt: skip
DELIVERY_KEYS = {
    "id", "document", "symbol", "unit", "state", "handling", "channel", "because", "attempts", "next_attempt",
}  # fmt: skip
RULES = """
[set]
name = "Quy tắc thử"

[[rule]]
name = "nhan-ban"
title = "Văn bản của Sở Tư pháp sao gửi Thanh tra"
when = { issuer = "sotuphap" }
then = { copy = "thanhtra" }
"""


@pytest.fixture(scope="module")
def used(house: House) -> House:
    """A hub with a document that went out and one that waits."""
    house.send(person("anhttn"), GENERAL, [text_file("sotuphap", "701/STP-VP")])
    house.send(person("datlt"), GENERAL, [text_file("sotuphap", "702/STP-VP")])
    house.settle()
    return house


def test_units_and_staff(used: House) -> None:
    units = {row["code"]: row for row in used.json("units")}
    assert {"code", "name", "kind", "parent", "intake"} <= units["sotuphap"].keys()
    assert (units["sotuphap"]["intake"], units["sotuphap"]["parent"]) == (intake("sotuphap"), "ubnd")
    staff = used.json("staff")
    assert all({"name", "unit", "roles", "email"} <= row.keys() for row in staff)
    (clerk,) = [row for row in staff if row["email"] == person("anhttn")]
    assert (clerk["unit"], clerk["roles"]) == ("sotuphap", ["clerk"])


def test_documents_and_deliveries(used: House) -> None:
    (found,) = used.json("documents", "--symbol", "701/STP-VP")
    assert found.keys() >= DOCUMENT_KEYS
    assert found["recipients"] == [
        {"text": "Như trên", "parties": ["sotaichinh"]},
        {"text": "Lưu: VT", "parties": []},
    ]
    (file,) = found["files"]
    assert (file["name"], file["media_type"], len(file["sha256"])) == ("701-STP-VP.txt", "text/plain", 64)
    assert all({"unit", "book", "direction", "year", "number"} <= entry.keys() for entry in found["entries"])
    (row,) = used.json("deliveries", "--document", str(found["id"]))
    assert row.keys() >= DELIVERY_KEYS and (row["unit"], row["attempts"]) == ("sotaichinh", 1)


def test_read_gives_the_same_keys_without_a_hub(used: House, tmp_path: Path) -> None:
    name, content = text_file("sotuphap", "703/STP-VP")
    (tmp_path / name).write_bytes(content)
    alone = json.loads(here("read", str(tmp_path / name), "--json", "--data", str(tmp_path / "none")).stdout)
    assert alone.keys() >= DOCUMENT_KEYS - {"id", "direction", "status", "source", "entries"}
    assert (alone["symbol"], alone["type"], alone["issuer"]) == ("703/STP-VP", "Công văn", "SỞ TƯ PHÁP")
    assert [entry["text"] for entry in alone["recipients"]] == ["Như trên", "Lưu: VT"]
    known = used.json("read", str(tmp_path / name))
    assert (known["issuer"], known["units"]) == ("sotuphap", ["sotaichinh"])


def test_search_finds_without_accents(used: House) -> None:
    assert [row["symbol"] for row in used.json("search", "bao cao tinh hinh 701/STP-VP")] == ["701/STP-VP"]


def test_lists_of_what_waits(used: House) -> None:
    (case,) = [row for row in used.json("review") if row["symbol"] == "702/STP-VP"]
    assert (case["unit"], case["reason"], case["sender"]) == (
        "sotuphap",
        "clerk-must-confirm",
        person("datlt"),
    )
    assert used.json("hold") == used.json("quarantine") == used.json("queue") == []


def test_registers(used: House) -> None:
    (book,) = [
        b for b in used.json("registers", "list", "--unit", "sotuphap") if b["direction"] == "outgoing"
    ]
    assert (book["issuer"], book["mode"]) == ("sotuphap", "borne")
    lines = used.json("registers", "export", str(book["id"]))
    assert any("701/STP-VP" in line.values() for line in lines)


def test_rules_are_shown_checked_and_published_while_the_hub_runs(used: House, tmp_path: Path) -> None:
    shown = used.command("rules", "show").stdout
    file = tmp_path / "rules.toml"
    file.write_text(RULES)
    assert used.json("rules", "check", str(file)) == {
        "rules": 1, "tests": 0, "errors": [], "warnings": [],
    }  # fmt: skip
    before = used.json("rules", "show")
    used.command("rules", "publish", str(file), "--comment", "thử")
    used.send(person("anhttn"), GENERAL, [text_file("sotuphap", "704/STP-VP")])
    used.settle()
    assert used.receivers(used.document("704/STP-VP")["id"]) == {"sotaichinh", "thanhtra"}
    assert len(used.json("rules", "show")) == len(before) + 1
    file.write_text(shown)
    used.command("rules", "publish", str(file))
    file.write_text(RULES.replace("thanhtra", "khong-co").replace("issuer", "isuer"))
    wrong = used.command("rules", "check", str(file), check=False)
    assert wrong.returncode == 1 and "rules.toml:8" in wrong.stdout and "isuer" in wrong.stdout


def test_verify_doctor_backup_and_restore(used: House, tmp_path: Path) -> None:
    assert used.verified()["ok"] is True
    doctor = used.command("doctor", "--json", check=False)
    assert {row["state"] for row in json.loads(doctor.stdout)} <= {"ok", "warning", "error"}
    used.command("backup", str(tmp_path / "copy"))
    here("restore", str(tmp_path / "copy"), "--data", str(tmp_path / "again"))
    again = json.loads(
        here("documents", "--symbol", "701/STP-VP", "--json", "--data", str(tmp_path / "again")).stdout
    )
    assert again == used.json("documents", "--symbol", "701/STP-VP")


def test_send(used: House, tmp_path: Path) -> None:
    name, content = text_file("sotuphap", "705/STP-VP")
    (tmp_path / name).write_bytes(content)
    where = ["--to", GENERAL, "--from", person("anhttn"), "--smtp", f"127.0.0.1:{used.port}"]
    here("send", str(tmp_path / name), *where)
    used.expect(1)
    used.settle()
    assert used.document("705/STP-VP")["status"] == "routed"
    refused = run(
        "send", str(tmp_path / name), *where[:2], "--from", person("khongai"), *where[4:], check=False
    )
    assert refused.returncode == 1 and "550" in refused.stderr and "Traceback" not in refused.stderr


def test_a_deliveries_that_failed_is_shown_and_sent_again(make_house: Make) -> None:
    alone = make_house(delivery={"smarthost": ""})
    alone.start()
    alone.send(person("anhttn"), GENERAL, [text_file("sotuphap", "706/STP-VP", to=("Bộ Nội vụ",))])
    alone.settle()
    (row,) = alone.json("deliveries", "--state", "failed")
    assert row["unit"] == "outside:bnv" and row["error"]
    (case,) = alone.json("hold")
    assert case["reason"] == "delivery-failed"
    alone.command("deliveries", "retry", str(row["id"]))
    alone.until(lambda: alone.deliveries(row["document"])[0]["attempts"] == 2)
    alone.verified()


def test_what_is_mistyped_is_told_in_a_sentence(used: House) -> None:
    for arguments in (
        ["documnts"],
        ["documents", "--limit", "viele"],
        ["review", "accept", "99999"],
        ["hold", "send", "99999", "--to", "nowhere"],
        ["registers", "export", "99999"],
        ["registers", "void", "99999", "--reason", "x"],
        ["queue", "retry", "99999"],
        ["deliveries", "retry", "99999"],
        ["staff", "password", "khongai@binhlam.example"],
        ["review", "refuse", "1"],
        ["serve", "--smtp", "nonsense"],
        ["serve", "--only", "nothing"],
    ):
        answer = used.command(*arguments, check=False)
        assert answer.returncode in (1, 2), (arguments, answer)
        assert answer.stderr.strip() and "Traceback" not in answer.stderr, arguments


def test_a_second_hub_on_the_same_data_says_so(used: House) -> None:
    answer = used.command("serve", "--smtp", "127.0.0.1:0", check=False)
    assert answer.returncode == 1 and "Traceback" not in answer.stderr and str(used.data) in answer.stderr


def test_a_port_that_is_taken_is_told(make_house: Make, used: House) -> None:
    other = make_house()
    answer = other.command("serve", "--smtp", f"127.0.0.1:{used.port}", check=False)
    assert answer.returncode == 1 and str(used.port) in answer.stderr and "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("[smtp]\nprot = 1\n", ("prot", "port")),
        ("[smpt]\nport = 1\n", ("smpt", "smtp")),
        ("[smtp]\nport = 'x'\n", ("smtp.port",)),
        ("[smtp]\nport = 70000\n", ("smtp.port",)),
        ("[smtp]\ntrusted_networks = ['10.0.0.0/99']\n", ("trusted_networks",)),
        ("[organisation]\nzone = 'Asia/Hanoi2'\n", ("zone",)),
        (
            "[delivery]\nsmarthost = 'mail:25'\nsmarthost_password_file = 'no.pw'\n",
            ("smarthost_password_file",),
        ),
        ("[smtp\n", ("config.toml",)),
    ],
)
def test_a_wrong_configuration_is_one_line(
    founded: Path, tmp_path: Path, change: str, words: tuple[str, ...]
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "secret.key").write_bytes((founded / "secret.key").read_bytes())
    os.chmod(data / "secret.key", 0o600)
    (data / "config.toml").write_text(change)
    answer = here("serve", "--data", str(data), check=False)
    assert answer.returncode == 2, answer.stderr
    (line,) = answer.stderr.strip().splitlines()
    assert all(word in line for word in words), line


def test_a_missing_secret_is_one_line(founded: Path, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text((founded / "config.toml").read_text())
    answer = here("serve", "--data", str(tmp_path), check=False)
    assert (
        answer.returncode == 2
        and "secret.key" in answer.stderr
        and len(answer.stderr.strip().splitlines()) == 1
    )


def test_no_hub_at_all(tmp_path: Path) -> None:
    answer = here("documents", "--data", str(tmp_path / "nothing"), check=False)
    assert answer.returncode == 2 and "init" in answer.stderr and "Traceback" not in answer.stderr


def test_the_example_is_a_configuration(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(here("config", "example").stdout)
    assert configuration.load(tmp_path / "config.toml", {})
    assert here("config", "check", "--data", str(tmp_path)).returncode == 0
