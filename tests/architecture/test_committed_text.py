"""What is committed holds no traces of the machine it was written on."""

import re

from tests.architecture.sources import ROOT

FOLDERS = ("hub", "connectors", "rules", "storage", "templates", "tests", ".ci")
BINARY = {".pdf", ".png", ".jpg", ".tif", ".tiff", ".docx", ".xlsx", ".doc", ".zip", ".eml", ".mo", ".ico"}
PRIVATE = re.compile(r"(?<![\w.~*)}-])/(?:work|tmp|root|Users)/[\w.-]+")


def committed_texts() -> list[tuple[str, str]]:
    # .git is a file in a linked work tree, and never committed
    files = [path for path in ROOT.iterdir() if path.is_file() and path.name != ".git"]
    files += [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    read = [path for path in files if path.suffix not in BINARY and "__pycache__" not in path.parts]
    return [(path.relative_to(ROOT).as_posix(), path.read_text("utf-8", "replace")) for path in read]


def private_paths(text: str) -> list[str]:
    return PRIVATE.findall(text)


def test_no_paths_of_a_machine() -> None:
    texts = committed_texts()
    assert len(texts) > 100
    assert [(name, paths) for name, text in texts if (paths := private_paths(text))] == []


def test_a_path_of_a_machine_is_seen() -> None:
    home, project = "/".join(["", "root", "x"]), "/".join(["", "work", "main"])
    assert private_paths(f"in {home} and '{project}/a'") == [home, project]
    assert private_paths("spool/tmp/x, https://a.example/work/x, (tmp)") == []
