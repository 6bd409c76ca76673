"""A small month counted by hand, and the files for the board (DOMAIN 8.3)."""

import io
import zipfile
from datetime import date

import pypdfium2
import pytest

from connectors.writers.sheet_xlsx import xlsx_of
from hub.reporting import compliance
from hub.reporting.compliance import Compliance
from hub.texts import speaking
from rules.reporting.period import named
from tests.hub.stages import Stages
from tests.journeys.house import person
from tests.journeys.papers import text_file

CLERK = person("anhttn")  # of sotuphap
DAY = date(2026, 11, 20)


@pytest.fixture
def month(stages: Stages) -> Compliance:
    """Two letters of sotuphap and a scan at soyte; the clock stands at 23 November."""
    stages.mail(CLERK, [text_file("sotuphap", "11/STP-VP", day=DAY)])
    stages.mail(CLERK, [text_file("sotuphap", "12/STP-VP", to=["Sở Y tế"], day=DAY)])
    stages.scan("soyte", "incoming", text_file("bnv", "77/BNV-VP", to=["Sở Y tế"], day=DAY))
    period = named("2026-12")
    assert period is not None
    with stages.hub.database.reading() as connection:
        return compliance.compliance(stages.hub, connection, period)


def test_every_figure_equals_the_count_by_hand(stages: Stages, month: Compliance) -> None:
    facts = {line.code: line.facts for line in month.units}
    justice, finance, health = facts["sotuphap"], facts["sotaichinh"], facts["soyte"]
    assert (justice["outgoing"], justice["outgoing_network"], justice["incoming"]) == (2, 2, 0)
    assert (justice["network_first"], justice["gaps"], justice["incomplete"]) == (2, 0, 0)
    assert (finance["incoming"], finance["incoming_network"], finance["outgoing"]) == (1, 1, 0)
    assert health["incoming"] == 2 and health["scans"] == 1
    whole = month.whole["O25"]
    assert (whole.value, whole.of) == (2, 2)
    assert month.whole["O30"].of is None  # returns are not collected


def test_the_pdf_has_every_unit_in_vietnamese(stages: Stages, month: Compliance) -> None:
    with speaking("vi"):
        content = compliance.pdf(stages.hub, month)
    document = pypdfium2.PdfDocument(content)
    text = " ".join(page.get_textpage().get_text_range() for page in document)
    flat = " ".join(text.split())
    assert "Báo cáo việc thực hiện Chỉ thị 21/2005/CT-UBND" in flat and "tháng 12/2026" in flat
    assert all(name in flat for name in ("Sở Tư pháp", "Sở Tài chính", "văn bản đi gửi qua mạng trước"))


def test_the_spreadsheet_has_the_figures_and_no_formula(month: Compliance) -> None:
    with zipfile.ZipFile(io.BytesIO(compliance.xlsx(month))) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if "worksheets/sheet" in name]
    assert len(sheets) == 2 and not any("<f>" in sheet for sheet in sheets)
    with zipfile.ZipFile(io.BytesIO(xlsx_of({"x": [["=1+1", "@a", 2]]}))) as book:
        assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()


def test_a_month_before_anybody_worked_is_empty_and_no_error(stages: Stages) -> None:
    period = named("2026-03")
    assert period is not None
    with stages.hub.database.reading() as connection:
        made = compliance.compliance(stages.hub, connection, period)
    assert made.whole["O25"].of is None
    assert compliance.xlsx(made) and compliance.rows(made)[0]["measures"]["O25"]["light"] == "none"
