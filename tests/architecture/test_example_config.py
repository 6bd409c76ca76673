"""config.example.toml is what the program says about itself, in the users' language."""

from pathlib import Path

from hub import config
from hub.settings import Config
from hub.texts import speaking
from tests.architecture.sources import ROOT


def test_the_example_is_current() -> None:
    with speaking("vi"):
        wanted = config.example()
    assert (ROOT / "config.example.toml").read_text("utf-8") == wanted


def test_every_setting_of_the_example_can_be_used(tmp_path: Path) -> None:
    """With the # taken away each line is valid and gives its default."""
    lines = (ROOT / "config.example.toml").read_text("utf-8").splitlines()
    used = [line.removeprefix("# ") if " = " in line and line.startswith("# ") else line for line in lines]
    known = [line for line in used if not line.startswith("#")]
    path = tmp_path / "config.toml"
    path.write_text("\n".join(known), "utf-8")
    path.chmod(0o600)
    assert config.load(path, environment={}) == Config()
