"""Units merged, renamed and closed in a hub, and what becomes of the mail for those that are gone."""

import email
import email.policy
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hub import listing
from hub.cli import program
from hub.desk import gate
from hub.desk.organisation import store
from hub.desk.refused import Refused
from hub.doctor import organisation as doctor
from rules.vocabulary import SenderVerdict
from storage import directory as directory_rows
from storage import documents, settings
from storage.tables.machinery import journal
from tests.hub.stages import Stages
from tests.journeys.house import intake, person
from tests.journeys.papers import text_file

DAY = date(2026, 11, 20)
FIRST = "2026-11-23"  # the day of the tests
RULES = """
[set]
name = "thử"
[[rule]]
name = "giao-duc"
title = "Báo cáo gửi Sở Giáo dục và Đào tạo"
when = { issuer = "sotuphap" }
then = { send = "sogddt", as = "information" }
"""
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(stages: Stages, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("VANTHU_DATA", str(stages.hub.data))

    def command(*words: str) -> tuple[int, str, str]:
        code = program.run(words)
        said = capsys.readouterr()
        stages.hub.refresh()
        return code, said.out, said.err

    return command


def merged(stages: Stages, **more: Any) -> dict[str, Any]:
    into = "sogdvh=Sở Giáo dục và Văn hóa"
    answer: dict[str, Any] = stages.act(
        "units.merge", units=["sogddt", "sovhttdl"], into=into, since=FIRST, symbols=["SGDVH"], **more
    )
    return answer


def letters(stages: Stages, unit: str) -> list[str]:
    """The texts of what lies in a unit's mailbox."""
    folder = stages.hub.data / "mail" / "binhlam.example" / f"vanthu.{unit}" / "new"
    mails = (
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in folder.iterdir()
    )
    bodies = (mail.get_body(("plain",)) for mail in mails)
    return [body.get_content() for body in bodies if body is not None]


def test_a_merge_is_shown_before_it_is_done(stages: Stages) -> None:
    stages.act("rules.publish", source=RULES)
    before = stages.hub.directory
    shown = merged(stages, dry_run=True)
    assert stages.hub.directory == before
    assert {(row["what"], row["key"][0]) for row in shown["changes"] if row["sheet"] == "units"} == {
        ("closed", "sogddt"),
        ("closed", "sovhttdl"),
        ("added", "sogdvh"),
    }
    assert len(shown["rules"]) == 1 and "giao-duc" in shown["rules"][0]
    assert merged(stages) == shown
    assert stages.hub.directory.clerks("sogdvh", stages.hub.today()), "its people come from both"
    with stages.hub.database.reading() as connection:
        names = connection.execute(select(journal.c.event, journal.c.subject)).all()
    assert ("units-merged", "party:sogdvh") in {tuple(row) for row in names}
    assert merged(stages)["changes"] == [], "a second time changes nothing"


def test_mail_for_a_closed_unit_goes_to_its_successor_with_a_note(stages: Stages) -> None:
    earlier = text_file("sotuphap", "50/STP-VP", day=DAY, to=("Sở Giáo dục và Đào tạo",))
    stages.mail(person("anhttn"), [earlier])
    merged(stages)
    later = text_file("sotuphap", "51/STP-VP", day=DAY, to=("Sở Giáo dục và Đào tạo",))
    stages.mail(person("anhttn"), [later])
    assert stages.receivers(stages.document("50/STP-VP")["id"]) == {"sogddt"}
    (delivery,) = stages.deliveries(stages.document("51/STP-VP")["id"])
    note = "Sở Giáo dục và Đào tạo (sogddt)"
    assert delivery["unit"] == "sogdvh" and note in delivery["because"]
    assert any(note in text for text in letters(stages, "sogdvh"))


def test_the_intake_of_a_closed_unit_is_still_one(stages: Stages) -> None:
    merged(stages)
    stages.mail(person("anhttn"), [text_file("sotuphap", "52/STP-VP", day=DAY)], to=[intake("sogddt")])
    assert stages.receivers(stages.document("52/STP-VP")["id"]) == {"sotaichinh", "sogdvh"}
    ministry = text_file("btp", "53/BTP-VP", day=DAY)
    outside = "vt@khac.example"
    stages.mail(outside, [ministry], to=[intake("sogddt")], verdict=SenderVerdict.UNVERIFIED)
    (case,) = stages.cases("review")
    assert case["unit"] == "sogdvh", "nobody answers for a closed unit but its successor"
    clerk = stages.hub.directory.clerks("sogdvh", stages.hub.today())[0]
    stages.act("review.accept", clerk.email, case=case["id"])
    (delivery,) = stages.deliveries(stages.document("53/BTP-VP")["id"])
    assert delivery["unit"] == "sogdvh" and "sogddt" in delivery["because"]


def test_the_people_of_the_successor_see_and_answer_for_the_old_unit(stages: Stages) -> None:
    paper = text_file("sotuphap", "54/STP-VP", day=DAY, to=("Sở Giáo dục và Đào tạo",))
    stages.mail(person("anhttn"), [paper])
    (row,) = stages.deliveries(stages.document("54/STP-VP")["id"])
    merged(stages)
    clerk = stages.hub.directory.clerks("sogdvh", stages.hub.today())[0]
    with stages.hub.database.reading() as connection:
        view = gate.view_of(stages.hub, clerk.email)
        assert [item.symbol for item in documents.listing(connection, view=view)] == ["54/STP-VP"]
    stages.act("deliveries.receive", clerk.email, delivery=row["id"])
    assert stages.deliveries(row["document"])[0]["handling"] == "03"


def test_a_rename_written_ahead_happens_on_its_day(stages: Stages) -> None:
    new = "Sở Y tế và Dân số"
    stages.act("units.rename", unit="soyte", name=new, since="24/11/2026", symbols=["SYTDS"])
    assert stages.hub.directory.party_name("soyte") == "Sở Y tế"
    stages.mail(person("anhttn"), [text_file("soyte", "55/SYT-VP", day=DAY)], to=["congvan@binhlam.example"])
    stages.forward(days=1)
    stages.hub.refresh()
    unit = stages.hub.directory.units["soyte"]
    assert (unit.name, unit.symbols) == (new, ("SYTDS",))
    stages.mail(person("anhttn"), [text_file("sotuphap", "56/STP-VP", day=date(2026, 11, 24), to=(new,))])
    assert stages.receivers(stages.document("56/STP-VP")["id"]) == {"soyte"}
    assert stages.hub.directory.party_name("soyte", DAY) == "Sở Y tế"


IMPOSSIBLE: list[tuple[str, dict[str, Any], str]] = [
    ("units.close", {"unit": "sogdt"}, "sogddt"),
    ("units.close", {"unit": "vpubnd"}, "vpubnd"),
    ("units.close", {"unit": "sotnmt"}, "28/02/2025"),
    ("units.close", {"unit": "soyte", "successor": "soyte"}, "soyte"),
    ("units.close", {"unit": "soyte", "since": "hôm nay"}, "hôm nay"),
    ("units.close", {"unit": "ttth"}, "congbao, congttdt"),
    ("units.merge", {"units": ["soyte"], "into": "soyte"}, "--into"),
    ("units.merge", {"units": ["soyte"], "into": "moi"}, "moi"),
    ("units.merge", {"units": ["soyte"], "into": "Mã Sai=Sở Mới"}, "Mã Sai"),
    ("units.merge", {"units": ["soyte"], "into": "moi=Sở Nội vụ"}, "sonoivu"),
    ("units.merge", {"units": ["soyte"], "into": "moi=Mới", "kind": "sở"}, "department"),
    ("units.split", {"unit": "soyte", "into": ["sonoivu"]}, "--into"),
    ("units.split", {"unit": "soyte", "into": ["a=A", "b=B"], "mail": "c"}, "c"),
    ("units.rename", {"unit": "soyte", "name": "Sở Nội vụ"}, "sonoivu"),
    ("units.rename", {"unit": "sotnmt", "name": "Sở Mới"}, "sotnmt"),
    ("units.rename", {"unit": "soyte", "name": " "}, ""),
]


def test_what_cannot_be_done_is_said_and_changes_nothing(stages: Stages) -> None:
    before = stages.hub.directory
    for command, given, said in IMPOSSIBLE:
        with pytest.raises(Refused) as refusal:
            stages.act(command, **{"since": FIRST, **given})
        assert said in str(refusal.value), (command, given)
    stages.hub.refresh()
    assert stages.hub.directory == before


def test_a_change_over_somebody_elses_is_refused(stages: Stages) -> None:
    hub = stages.hub
    read = hub.directory
    with hub.database.transaction() as connection:
        settings.bump(connection, directory_rows.REVISION)
    with pytest.raises(Refused):
        store(hub, "console:test", read, [])
    hub.refresh()
    store(hub, "console:test", read, [])


def test_answers_are_kept_with_their_day_and_go_to_the_successor(stages: Stages) -> None:
    paper = text_file("sotuphap", "57/STP-VP", day=DAY, to=("Sở Tài nguyên và Môi trường",))
    stages.mail(person("anhttn"), [paper])
    (case,) = stages.cases("hold")
    assert (case["reason"], case["suggestions"][0]) == ("not-then", "Sở Nông nghiệp và Môi trường")
    answer = stages.act("hold.send", case=case["id"], to="sotnmt", keep=True)
    assert answer["party"] == "sonnmt"
    (delivery,) = stages.deliveries(stages.document("57/STP-VP")["id"])
    assert delivery["unit"] == "sonnmt" and "sotnmt" in delivery["because"]
    directory = stages.hub.directory
    assert directory.by_name("Sở Tài nguyên và Môi trường", DAY) == ("sonnmt",)
    assert directory.by_name("Sở Tài nguyên và Môi trường", date(2025, 2, 28)) == ("sotnmt",)
    again = text_file("sotuphap", "58/STP-VP", day=DAY, to=("Sở Tài nguyên và Môi trường",))
    stages.mail(person("anhttn"), [again])
    assert stages.receivers(stages.document("58/STP-VP")["id"]) == {"sonnmt"}
    stages.mail(person("anhttn"), [text_file("sotuphap", "59/STP-VP", day=DAY, to=("UBND huyện Tân Mộc",))])
    (case,) = stages.cases("hold")
    stages.act("units.close", unit="sovhttdl", since=FIRST)
    with pytest.raises(Refused):  # closed, and nobody follows
        stages.act("hold.send", case=case["id"], to="sovhttdl")


def test_sheets_go_out_and_come_back_without_a_change(stages: Stages, run: Run, tmp_path: Path) -> None:
    merged(stages)
    book, folder = tmp_path / "tinh.xlsx", tmp_path / "bang"
    for out in (book, folder):
        assert run("units", "export", "--out", str(out))[0] == 0
    before = stages.hub.directory
    for files in ([book], sorted(folder.iterdir())):
        code, out_text, _err = run("units", "import", *map(str, files), "--json")
        assert (code, json.loads(out_text)["changes"]) == (0, [])
        code, out_text, _err = run("units", "import", *map(str, files), "--replace", "--json")
        assert (code, json.loads(out_text)["changes"]) == (0, [])
    assert stages.hub.directory == before
    assert run("staff", "export", "--out", str(tmp_path / "nguoi.xlsx"))[0] == 0
    assert run("staff", "import", str(tmp_path / "nguoi.xlsx"))[0] == 0
    assert run("groups", "export", "--out", str(tmp_path / "nhom"))[0] == 0
    assert run("groups", "import", *map(str, (tmp_path / "nhom").iterdir()))[0] == 0
    assert run("units", "export", "--out", str(tmp_path / "x.csv"))[0] == 1
    assert stages.hub.directory == before


def test_a_dry_run_shows_every_field_with_its_line(stages: Stages, run: Run, tmp_path: Path) -> None:
    sheet = tmp_path / "Đơn vị mới.csv"
    sheet.write_text(
        "mã;tên;loại;cấp trên;hiệu lực đến;đơn vị kế thừa\n"
        "soyte;Sở Y tế tỉnh;Sở;ubnd;;\n"
        "moi;Sở Mới;Sở;ubnd;;\n"
        "thanhtra;Thanh tra tỉnh;Ngành;ubnd;31/12/2026;sonoivu\n",
        "utf-8",
    )
    before = stages.hub.directory
    code, out, _err = run("units", "import", str(sheet), "--dry-run", "--json")
    answer = json.loads(out)
    assert code == 0 and answer["dry_run"] and stages.hub.directory == before
    told = {row["key"][0]: row for row in answer["changes"]}
    assert {code: (row["what"], row["line"]) for code, row in told.items()} == {
        "soyte": ("changed", 2),
        "moi": ("added", 3),
        "thanhtra": ("changed", 4),
    }
    names = [field for field in told["soyte"]["fields"] if field["name"] == "name"]
    assert names == [{"name": "name", "before": "Sở Y tế", "after": "Sở Y tế tỉnh"}]
    assert told["moi"]["file"] == "Đơn vị mới.csv"
    code, out, _err = run("units", "import", str(sheet), "--dry-run")
    assert code == 0 and "Sở Y tế → Sở Y tế tỉnh" in " ".join(out.split())


def test_one_bad_line_and_nothing_is_imported(stages: Stages, run: Run, tmp_path: Path) -> None:
    sheet = tmp_path / "can-bo.csv"
    sheet.write_text(
        "email;name\nmoi@binhlam.example;Người Mới\nsai;Người Sai\ncongvan@binhlam.example;Sai Nữa\n", "utf-8"
    )
    before = stages.hub.directory
    code, _out, err = run("staff", "import", str(sheet))
    assert code == 1 and stages.hub.directory == before
    assert "can-bo.csv:3:email" in err and "can-bo.csv:4:email" in err
    code, _out, err = run("staff", "import", str(tmp_path / "khong-co.csv"))
    assert code == 1 and "khong-co.csv" in err
    units = tmp_path / "units.csv"
    units.write_text("code;name;kind\na;A;other\n", "utf-8")
    code, _out, err = run("staff", "import", str(units))
    assert code == 1 and "vanthu units import" in err


def test_commands_of_the_console_and_what_units_lack(stages: Stages, run: Run) -> None:
    words = ("units", "close", "thanhtra", "--successor", "sonoivu", "--from", FIRST)
    assert run(*words, "--as", person("anhttn"))[0] == 3
    code, out, _err = run(*words, "--dry-run")
    assert code == 0 and "thanhtra" in out and stages.hub.directory.units["thanhtra"].valid_to is None
    assert run(*words)[0] == 0
    assert stages.hub.directory.units["thanhtra"].valid_to == date(2026, 11, 22)
    into = ("--into", "syt1=Sở Y tế Một", "--into", "syt2=Sở Y tế Hai", "--from", FIRST)
    assert run("units", "split", "soyte", *into, "--mail", "syt2", "--close-below")[0] == 0
    assert stages.hub.directory.units["soyte"].successor == "syt2"
    assert (stages.hub.data / "mail" / "binhlam.example" / "vanthu.syt1").is_dir()
    assert run("units", "rename", "sotaichinh", "Sở Tài chính tỉnh", "--from", FIRST)[0] == 0
    code, out, _err = run("units", "check", "--json")
    gaps = {row["unit"]: row["gaps"] for row in json.loads(out)}
    assert code == 1 and gaps["syt1"] == ["no-clerk", "no-leader", "no-it-officer"]
    assert "thanhtra" not in gaps and run("units", "check")[0] == 1
    every = json.loads(run("units", "check", "--all", "--json")[1])
    assert any("only-by-name" in row["gaps"] for row in every)
    assert any("syt1" in check.text for check in doctor.clerks(stages.hub))
    lacking = list(doctor.coverage(stages.hub))
    assert {check.state for check in lacking} == {"warning"} and any("syt1" in c.text for c in lacking)
    groups = {row["code"]: row for row in json.loads(run("groups", "--json")[1])}
    assert "syt1" in groups["cac-so"]["members"] and "soyte" not in groups["cac-so"]["members"]
    assert listing.units(stages.hub.directory, "binhlam.example")
