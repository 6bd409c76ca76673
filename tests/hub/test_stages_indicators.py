"""A second kind of report, added as data: twelve indicators, asked, answered, collected in one table."""

import dataclasses
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from connectors.readers.grid import read_grids
from hub.reporting import proposing
from hub.reporting.kinds import FOLDER, OURS, known
from tests.hub.return_house import form_row, reply_to, sheet_of, tick, unit_box
from tests.hub.stages import Stages
from tests.journeys.house import person

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
UNIT, CLERK = "sotuphap", person("anhttn")
SAID = "\n".join(
    f"{code}: {value}"
    for code, value in {
        "KT1": "1.204,5", "IIP": "104,2", "KT3": "52000", "KT4": "61,5%", "KT5": "5.904,373", "KT6": "812",
        "CPI": "-0,3", "KT8": "1200", "XH1": "340", "XH2": "1,34%", "HC1": "2.500", "HC2": "2.480",
    }.items()
)  # fmt: skip


def collecting(stages: Stages) -> Stages:
    """A hub that collects the indicators of two units."""
    hub = stages.hub
    hub.config = dataclasses.replace(
        hub.config, reports=dataclasses.replace(hub.config.reports, kinds=["indicators"])
    )
    folder = hub.data / FOLDER
    folder.mkdir()
    text = (OURS / "indicators.toml").read_text(encoding="utf-8")
    own = text.replace('who = ["kind:department", "kind:commune"]', 'who = ["sotuphap", "sotaichinh"]')
    assert own != text
    (folder / "indicators.toml").write_text(own, encoding="utf-8")
    return stages


def test_twelve_indicators_from_the_form_to_the_table(stages: Stages, tmp_path: Path) -> None:
    collecting(stages)
    tick(stages, stages.clock.moment)
    tick(stages, datetime(2026, 12, 15, 8, 5, tzinfo=ZONE))
    stages.work()
    (asked,) = unit_box(stages, UNIT, "Đề nghị báo cáo: Biểu chỉ tiêu")
    stages.mail(CLERK, to=[reply_to(asked)], text=SAID)
    form = form_row(stages, UNIT, "2026-12", "indicators")
    assert f"{form.due_on:%d/%m}" == "18/12"  # the 20th is a Sunday
    tick(stages, datetime(2026, 12, 18, 17, 1, tzinfo=ZONE))
    stages.work()
    (mail,) = unit_box(stages, "vpubnd", "1/2 đơn vị đã nộp")
    body = mail.get_body(("plain",))
    assert body is not None and "Sở Tài chính" in str(body.get_content())
    file = tmp_path / "table.xlsx"
    file.write_bytes(sheet_of(mail))
    (grid,) = read_grids(file)
    by_unit = {row[0]: row[2:] for row in grid.rows}
    assert by_unit["Sở Tư pháp"][:5] == (1204.5, 104.2, 52000.0, 61.5, 5904.373)
    assert by_unit["Sở Tư pháp"][6] == -0.3 and by_unit["Sở Tài chính"][0] is None
    total = next(row for row in grid.rows if row[0] == "Cộng")
    assert total[2] == 1204.5 and total[3] is None  # an index does not add up


def test_a_broken_kind_stops_nothing_and_is_named(stages: Stages) -> None:
    collecting(stages)
    (stages.hub.data / FOLDER / "own.toml").write_text('code = "own"\nname = "Riêng"\n', encoding="utf-8")
    found = known(stages.hub)
    assert [file.name for file in found.broken] == ["own.toml"] and "indicators" in found.kinds
    with stages.hub.database.transaction() as connection:
        proposing.propose(stages.hub, connection, stages.hub.now())
