"""``vanthu corpus`` on a small folder of the same layout, with what is missing and what is wrong in it."""

import json
from pathlib import Path

import pytest

from hub.cli.program import run
from hub.corpus.truth import BadTruth, labelled
from rules.scoring import characters_apart, plain, same, same_list

LETTER = """ỦY BAN NHÂN DÂN                 CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
TỈNH SÔNG HỒNG                       Độc lập - Tự do - Hạnh phúc
Số: 21/CT-UBND                  Sông Hồng, ngày 05 tháng 8 năm 2025

                    CHỈ THỊ
        Về việc tăng cường văn thư điện tử

Căn cứ Luật; yêu cầu các sở thực hiện./.

Nơi nhận:                           CHỦ TỊCH
- Như trên;
- Lưu: VT.                        Nguyễn Văn An
"""
BOUNCE = """From: MAILER-DAEMON@mx.example.net
To: congvan@hub.example
Subject: Undelivered Mail Returned to Sender

<so@example.org>: host mx.example.org said: 550 5.1.1 User unknown
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    truth = tmp_path / "truth"
    truth.mkdir()
    (tmp_path / "vn").mkdir()
    (tmp_path / "vn" / "letter.txt").write_text(LETTER, "utf-8")
    known = {"file": "vn/letter.txt", "form": "txt", "encoding": "unicode", "so_ky_hieu": "21/CT-UBND"}
    known |= {"ngay": "2025-08-06", "loai": "Chỉ thị", "trich_yeu": "Về việc tăng cường văn thư điện tử"}
    known |= {"note": "day handwritten", "misses": {"ngay": "a planted error"}}
    gone = {"file": "vn/gone.pdf", "form": "scan-pdf", "so_ky_hieu": "1/X"}
    (truth / "vn_truth.json").write_text(json.dumps([known, gone]), "utf-8")
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "one.eml").write_text(BOUNCE, "utf-8")
    bounces = {"some": [{"file": "mail/one.eml", "addresses": ["so@example.org"]}]}
    (truth / "bounce_truth.json").write_text(json.dumps(bounces), "utf-8")
    return tmp_path


def test_the_score_of_a_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["corpus", str(folder), "--json"]) == 0
    score = json.loads(capsys.readouterr().out)
    assert score["digital"]["symbol"] == score["digital"]["type"] == score["digital"]["subject"] == 1.0
    assert score["digital"]["date_by_hand"] == 0.0
    assert score["rests_on"]["digital"]["symbol"] == 1
    assert score["scan"] == {} == score["legacy"]
    assert score["mail"]["read_without_error"] == 1.0
    assert score["bounce"] == {"recognised": 1.0, "address": 1.0}


NESTED = """Content-Type: multipart/mixed; boundary="a"

--a
Content-Type: multipart/mixed; boundary="b"

--b

one
--b

two
--a

three
--a
Content-Type: image/gif; name="x.gif"
Content-Transfer-Encoding: base64

R0lGODlhAQ
--a--
"""


def _taken_apart(*bodies: dict[str, object]) -> str:
    """As the files beside the mails of Stalwart say what they found in them."""
    return json.dumps({"attachments": list(range(len(bodies))), "parts": [{"body": body} for body in bodies]})


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        ({"Text": "two\n--a\n\nthree\n"}, 1.0),  # taken for one part, as the inner boundary never ends
        ({"Text": "two\n--a\n\nfour\n"}, 0.0),
        ({"Text": "--a\n"}, 0.0),  # nothing to look for is nothing found
        ({"Binary": list(b"GIF89a\x01")}, 1.0),  # the cut group thrown away
        ({"Binary": list(b"GIF89a")}, 1.0),
        ({"Binary": list(b"GIF8")}, 0.0),
        ({"Binary": list(b"GIF89a\x02")}, 0.0),
    ],
)
def test_an_attachment_counts_as_kept(
    folder: Path, capsys: pytest.CaptureFixture[str], wanted: dict[str, object], kept: float
) -> None:
    (folder / "mail" / "two.eml").write_text(NESTED, "utf-8")
    (folder / "mail" / "two.json").write_text(_taken_apart(wanted), "utf-8")
    assert run(["corpus", str(folder), "--only", "mail", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["mail"]["attachments_kept"] == kept


def test_misses_are_printed_with_their_cause(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth = folder / "truth" / "vn_truth.json"
    truth.write_text(truth.read_text("utf-8").replace("day handwritten", ""), "utf-8")
    assert run(["corpus", str(folder), "--only", "digital"]) == 0
    assert "date: '2025-08-06' / '2025-08-05' a planted error" in capsys.readouterr().out


def test_bad_input_is_one_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "truth" / "vn_truth.json").write_text("{", "utf-8")
    assert run(["corpus", str(folder)]) == 2
    assert run(["corpus", str(folder / "nowhere")]) == 2
    assert run(["corpus", str(folder), "--only", "fax"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 3


def test_our_labels_win(folder: Path, tmp_path: Path) -> None:
    labels = tmp_path / "labels.json"
    labels.write_text(json.dumps([{"file": "vn/letter.txt", "form": "scan-pdf", "handwritten": ["ngay"]}]))
    (item,) = labelled(folder, [labels])
    assert item.kind == "scan"
    assert item.by_hand == {"date"}


def test_what_is_absent_may_not_be_found_for_sure(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = folder / "labels.json"
    entry = {"file": "vn/letter.txt", "form": "txt", "encoding": "unicode", "loai": "Chỉ thị"}
    labels.write_text(json.dumps([entry | {"absent": ["so_ky_hieu", "nguoi_ky"]}]), "utf-8")
    assert run(["corpus", str(folder), "--labels", str(labels), "--only", "digital", "--json"]) == 0
    score = json.loads(capsys.readouterr().out)
    assert score["rests_on"]["digital"]["wrong_but_sure"] == 3
    assert score["digital"]["wrong_but_sure"] == pytest.approx(2 / 3, abs=0.001)
    assert {miss["name"] for miss in score["misses"]} == {"symbol, sure", "signer, sure"}


def test_pages_of_one_file_are_documents_of_their_own(folder: Path) -> None:
    labels = folder / "labels.json"
    entries = [{"file": "vn/letter.txt", "pages": pages} for pages in ("2", "4-6")]
    labels.write_text(json.dumps(entries), "utf-8")
    found = {item.name: item.pages for item in labelled(folder, [labels])}
    assert found == {"vn/letter.txt": (), "vn/letter.txt p. 2": (1,), "vn/letter.txt p. 4": (3, 4, 5)}
    labels.write_text(json.dumps([entries[0] | {"pages": "two"}]), "utf-8")
    with pytest.raises(BadTruth, match="pages 'two'"):
        labelled(folder, [labels])


def test_exact_means_the_same_letters() -> None:
    assert same("Về việc  tăng cường.", "Về việc tăng cường")
    assert not same("về việc", "Về việc")
    assert same_list(["Như trên;"], ["Như trên"])
    assert not same_list([], ["Như trên"])
    assert plain("a ,\n b") == "a, b"
    assert characters_apart("kitten", "sitting") == 3
    long = "một hai ba " * 400
    assert characters_apart(long, long.replace("hai", "hài", 1)) == 1
