"""Rules in a hub: published, undone, explained and tried on what went through."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from hub import reasons, trial
from hub.cli import program
from hub.desk import commands
from hub.desk.refused import Refused
from hub.desk.rules import checked
from hub.founding import sample_text
from rules.routing.language import parse
from rules.vocabulary import MailKind
from storage import deliveries, documents, rule_sets
from storage.engine import AnyRow
from tests.hub.stages import Stages
from tests.journeys.house import person
from tests.journeys.papers import text_file

DAY = date(2026, 11, 20)
RULES = """
[set]
name = "thử"
[[rule]]
name = "tai-chinh"
title = "Văn bản của Sở Tư pháp báo Sở Nội vụ"
when = { issuer = "sotuphap", type = "Công văn" }
then = { send = "sonoivu", as = "information", assign = "role:clerk", due_days = 5 }
"""


def through(stages: Stages, symbol: str) -> dict[str, Any]:
    stages.mail(person("anhttn"), [text_file("sotuphap", symbol, day=DAY)])
    return stages.document(symbol)


def test_published_rules_count_from_the_next_document_and_are_undone_by_one_command(stages: Stages) -> None:
    before = through(stages, "21/STP-VP")
    assert "sonoivu" not in stages.receivers(before["id"])
    assert stages.act("rules.publish", source=RULES, comment="thử")["version"] == 2
    after = through(stages, "22/STP-VP")
    (delivery,) = [row for row in stages.deliveries(after["id"]) if row["unit"] == "sonoivu"]
    assert "tai-chinh@2" in delivery["because"]
    back = stages.act("rules.rollback")
    assert (back["version"], back["rules"], back["of"]) == (3, stages_rules(), 1)
    assert "cong-bao" in back["changes"]["added"] and back["changes"]["removed"] == ["tai-chinh"]
    assert "sonoivu" not in stages.receivers(through(stages, "23/STP-VP")["id"])
    with stages.hub.database.reading() as connection:
        states = [(row.version, row.state) for row in rule_sets.history(connection, "")]
    assert states == [(3, "published"), (2, "withdrawn"), (1, "withdrawn")]


def stages_rules() -> int:
    return len(parse(sample_text("rules.toml"), file="rules.toml").rules)


def test_a_draft_waits_until_it_is_published_and_only_once(stages: Stages) -> None:
    draft = stages.act("rules.draft", source=RULES)["version"]
    assert "sonoivu" not in stages.receivers(through(stages, "24/STP-VP")["id"])
    stages.act("rules.publish", draft=draft)
    assert "sonoivu" in stages.receivers(through(stages, "25/STP-VP")["id"])
    with pytest.raises(Refused):
        stages.act("rules.publish", draft=draft)
    stages.act("rules.withdraw")
    assert stages.hub.snapshot().rules == ()
    with pytest.raises(Refused):
        stages.act("rules.withdraw")


def test_rules_are_edited_by_the_coordinators_of_their_unit(stages: Stages) -> None:
    coordinator, clerk = "hungbq@binhlam.example", "lannt@binhlam.example"
    assert commands.COMMANDS["rules.publish"](stages.hub, coordinator, source=RULES)["version"] == 2
    for actor, scope in ((clerk, ""), (coordinator, "sonoivu"), ("ai@la.example", "")):
        for command in ("rules.publish", "rules.draft"):
            with pytest.raises(Refused):
                commands.COMMANDS[command](stages.hub, actor, source=RULES, scope=scope)
        for command in ("rules.rollback", "rules.withdraw"):
            with pytest.raises(Refused):
                commands.COMMANDS[command](stages.hub, actor, scope=scope)


def test_rules_with_a_failing_test_are_not_published(stages: Stages) -> None:
    document = through(stages, "26/STP-VP")["id"]
    for expect, good in (('["sotaichinh", "sonoivu"]', True), ('["sonoivu"]', False)):
        source = f'{RULES}\n[[test]]\nname = "t"\ndocument = {document}\nexpect = {expect}\n'
        assert (checked(stages.hub, source, "x").mistakes == ()) is good
        if not good:
            with pytest.raises(Refused, match="sotaichinh"):
                stages.act("rules.publish", source=source)
    unknown = f'{RULES}\n[[test]]\nname = "t"\ndocument = 999\nexpect = []\n'
    assert [error.code for error in checked(stages.hub, unknown, "x").mistakes] == ["test_unknown_document"]


def test_why_and_why_not_speak_of_the_rules_of_that_day(stages: Stages) -> None:
    stages.act("rules.publish", source=RULES)
    document = through(stages, "27/STP-VP")["id"]
    stages.forward(minutes=1)
    stages.act("rules.withdraw")
    with stages.hub.database.reading() as connection:
        found = reasons.find_document(stages.hub, connection, "27/STP-VP")
        assert found is not None and found.document == document
        why = reasons.why(stages.hub, connection, found)
        assert why["rules"] == ["tai-chinh@2"]
        assert {row["unit"] for row in why["receivers"]} == {"sotaichinh", "sonoivu"}
        nobody = reasons.why_not_unit(stages.hub, connection, found, "soyte")
        assert nobody["state"] == "nothing"
        own = reasons.why_not_unit(stages.hub, connection, found, "sotuphap")
        assert own["state"] == "own"


def test_a_trial_shows_who_gets_more_and_less_and_by_which_rule(stages: Stages) -> None:
    through(stages, "28/STP-VP")
    stages.act("rules.publish", source=RULES)
    through(stages, "29/STP-VP")
    other = RULES.replace("sonoivu", "soyte").replace("tai-chinh", "y-te")
    since = stages.hub.now() - timedelta(days=1)
    with stages.hub.database.reading() as connection:
        found = trial.try_rules(stages.hub, connection, parse(other, file="x"), "", since)
    assert (found.documents, found.changed) == (2, 2)
    assert {code: dict(count) for code, count in found.units.items()} == {
        "soyte": {"more": 2},
        "sonoivu": {"less": 2},
    }
    assert dict(found.rules) == {"y-te": 2, "tai-chinh": 2}


def test_the_commands_of_coordinators(
    stages: Stages, tmp_path: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    document = through(stages, "30/STP-VP")["id"]
    monkeypatch.setenv("VANTHU_DATA", str(stages.hub.data))
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text(RULES, "utf-8-sig")  # as an editor on Windows writes it
    bad.write_text(RULES.replace("sonoivu", "sonoivuu"), "utf-8")

    def run(*words: str) -> tuple[int, str]:
        code = program.run(words)
        return code, capsys.readouterr().out

    assert run("rules", "check", str(good))[0] == 0
    code, out = run("rules", "check", str(bad), "--json")
    assert code == 1 and "sonoivu" in json.loads(out)["errors"][0]
    assert run("rules", "test", str(good))[0] == 0
    code, out = run("rules", "try", str(good), "--json", "--since", "4000d")
    assert (code, json.loads(out)["changed"]) == (0, 1)
    assert run("rules", "try", str(good), "--since", "4000d")[0] == 0
    assert run("rules", "publish", str(good), "--comment", "x")[0] == 0
    code, out = run("rules", "history", "--json")
    assert [row["state"] for row in json.loads(out)] == ["published", "withdrawn"]
    code, out = run("rules", "diff", "1", "2", "--json")
    assert "tai-chinh" in json.loads(out)["added"]
    code, out = run("why", str(document), "--json")
    assert (code, json.loads(out)["symbol"]) == (0, "30/STP-VP")
    assert run("why", "30/STP-VP")[0] == 0
    code, out = run("rules", "why-not", str(document), "sonoivu")
    assert code == 0 and "sonoivu" not in out
    assert run("rules", "why-not", str(document), "khong-co")[0] == 1
    assert run("rules", "rollback")[0] == 0


def test_as_a_person_only_what_the_posts_allow(
    stages: Stages, tmp_path: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person explains documents they see, reads their unit's rules and tries what they may publish."""
    document = str(through(stages, "33/STP-VP")["id"])
    stages.act("rules.publish", source=RULES.replace("sonoivu", "phong-th"), scope="vpubnd")
    monkeypatch.setenv("VANTHU_DATA", str(stages.hub.data))
    file = tmp_path / "new.toml"
    file.write_text(RULES, "utf-8")
    justice, central, own = person("anhttn"), person("hungbq"), person("tutm")

    def run(*words: str) -> tuple[int, str]:
        code = program.run(words)
        return code, capsys.readouterr().out

    assert run("why", document, "--as", justice)[0] == 0
    for words in (("why", "33/STP-VP"), ("rules", "why-not", document, "soyte")):
        code, out = run(*words, "--as", own)
        assert (code, "STP" in out) == (1, False)
    assert run("rules", "diff", str(file), "--as", own)[0] == 0
    assert run("rules", "history", "--unit", "vpubnd", "--as", central)[0] == 0
    assert run("rules", "show", "--unit", "vpubnd", "--as", own) == (3, "")
    trying = ("rules", "try", str(file), "--since", "4000d", "--json", "--as")
    assert run(*trying, own) == (3, "")
    code, out = run(*trying, central)
    assert (code, json.loads(out)["documents"]) == (0, 0)  # it went from justice to finance


def test_a_units_coordinator_edits_that_units_rules_and_no_others(
    stages: Stages, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VANTHU_DATA", str(stages.hub.data))
    file = tmp_path / "own.toml"
    file.write_text(
        '[set]\nname = "x"\n[[rule]]\nname = "r"\nwhen.always = true\nthen.label = "x"\n', "utf-8"
    )
    own = person("tutm")
    assert program.run(("rules", "draft", str(file), "--as", own)) == 3
    assert program.run(("rules", "publish", str(file), "--unit", "soyte", "--as", own)) == 3
    assert program.run(("rules", "publish", str(file), "--unit", "sonoivu", "--as", own)) == 0
    assert program.run(("rules", "rollback", "--as", own)) == 3
    assert program.run(("rules", "withdraw", "--unit", "sonoivu", "--as", own)) == 0


def test_an_answer_can_be_kept_so_that_it_is_not_asked_twice(stages: Stages) -> None:
    stages.mail(person("anhttn"), [text_file("sotuphap", "40/STP-VP", day=DAY, to=("Sở Nội zụ",))])
    (case,) = stages.cases("hold")
    with pytest.raises(Refused):  # a department's own people name nobody for all others
        stages.act("hold.send", person("anhttn"), case=case["id"], to="sonoivu", keep=True)
    stages.act("hold.send", case=case["id"], to="sonoivu", keep=True)
    stages.mail(person("anhttn"), [text_file("sotuphap", "41/STP-VP", day=DAY, to=("Sở Nội zụ",))])
    assert stages.cases("hold") == []
    assert stages.receivers(stages.document("41/STP-VP")["id"]) == {"sonoivu"}


def test_a_question_names_codes_and_is_answered_by_code_or_name(
    stages: Stages, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VANTHU_DATA", str(stages.hub.data))
    stages.mail(person("anhttn"), [text_file("sotuphap", "42/STP-VP", day=DAY, to=("Sở Nội zụ",))])
    (case,) = stages.cases("hold")
    assert program.run(("hold",)) == 0
    assert "Sở Nội vụ (sonoivu)" in " ".join(capsys.readouterr().out.split())
    with pytest.raises(Refused, match="there is no party"):  # a group's name is no party
        stages.act("hold.send", case=case["id"], to="Các sở, ban, ngành")
    stages.act("hold.send", case=case["id"], to="Sở Nội vụ")
    assert stages.receivers(stages.document("42/STP-VP")["id"]) == {"sonoivu"}


def test_why_of_one_receiver(
    stages: Stages, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VANTHU_DATA", str(stages.hub.data))
    stages.act("rules.publish", source=RULES)
    through(stages, "43/STP-VP")
    assert program.run(("why", "43/STP-VP", "--unit", "sonoivu", "--json")) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [row["unit"] for row in answer["receivers"]] == ["sonoivu"] and answer["near"] == []
    assert "tai-chinh@2" in answer["receivers"][0]["because"]
    assert program.run(("why", "43/STP-VP", "--unit", "soyte")) == 1


def test_rules_tell_people_who_do_not_receive_it_and_label_it(stages: Stages) -> None:
    wish = 'notify = ["soyte", "hungbq@binhlam.example"], label = ["tai-chinh-2026", "theo-doi"]'
    stages.act("staff.notices", address="hungbq@binhlam.example", style="daily")
    stages.act("rules.publish", source=RULES.replace("send =", f"{wish}, send ="))
    document = through(stages, "31/STP-VP")
    assert document["labels"] == ["tai-chinh-2026", "theo-doi"]
    assert "soyte" not in stages.receivers(document["id"])
    (told,) = notices_of(stages, document["id"])
    assert (told.address, told.state) == ("vanthu.soyte@binhlam.example", "delivered")
    assert told.letter["rules"] == ["tai-chinh@2: Văn bản của Sở Tư pháp báo Sở Nội vụ"]
    with stages.hub.database.reading() as connection:
        assert {row.id for row in documents.listing(connection, label="theo-doi")} == {document["id"]}


def notices_of(stages: Stages, document: int) -> list[AnyRow]:
    with stages.hub.database.reading() as connection:
        return list(deliveries.listing(connection, kind=MailKind.NOTICE, document=document))


def test_publishing_says_what_is_otherwise_and_a_draft_what_is_wrong_with_it(stages: Stages) -> None:
    """A file taken before somebody else published undoes that; whoever publishes it sees so."""
    first = stages.act("rules.publish", source=RULES)
    assert first["changes"]["added"] == ["tai-chinh"] and "cong-bao" in first["changes"]["removed"]
    more = RULES.replace("due_days = 5", "due_days = 4") + RULES.split('name = "thử"')[1].replace(
        "tai-", "moi-"
    )
    second = stages.act("rules.publish", source=more)
    assert second["changes"] == {"added": ["moi-chinh"], "removed": [], "changed": ["tai-chinh"], "moved": []}
    wrong = stages.act("rules.draft", source=RULES.replace("sonoivu", "sonoivuu"))
    assert len(wrong["mistakes"]) == 1 and "sonoivu?" in wrong["mistakes"][0]
    with pytest.raises(Refused, match="sonoivuu"):
        stages.act("rules.publish", draft=wrong["version"])
    assert stages.act("rules.draft", source=RULES)["mistakes"] == []
