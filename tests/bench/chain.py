"""What one document costs from SMTP to its deliveries: CPU over all processes, and the wait.

A 200 KB PDF letter to three units, each with its own number, goes through a
real ``vanthu serve`` on the sample organisation. CPU is what the kernel counted
for the hub and its reading children; the wait is from the 250 to the last
delivery's row, on an idle hub.
"""

import io
import os
import random
import smtplib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

from figure import Figure
from sqlalchemy import func, select

from hub.context import Hub
from hub.founding import found
from rules.vocabulary import DeliveryState, MailKind
from storage.tables.deliveries import deliveries

DOCUMENTS = int(os.environ.get("VANTHU_BENCH_DOCUMENTS", "100"))
IDLE_TRIES = 20
MAILMAN_MS = 51.0  # CPU a message of Mailman 3, without reading it, as the issue gives it
SENDER = "huongntm@binhlam.example"
TO = "congvan@binhlam.example"
UNITS = ("Sở Tư pháp", "Sở Tài chính", "Sở Xây dựng")
FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
PDF_BYTES = 200_000
TICK = os.sysconf("SC_CLK_TCK")


def letter(number: int, padding: bytes) -> bytes:
    """An official letter of Sở Nội vụ as PDF, about 200 KB."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    if "Body" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("Body", str(FONT)))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=1)
    canvas.setFont("Body", 11)
    _header(canvas, number)
    for line in range(24):
        canvas.drawString(
            70,
            600 - 16 * line,
            f"Nội dung {line + 1} của công văn số {number}, đề nghị các đơn vị thực hiện.",
        )
    canvas.showPage()
    canvas.setFont("Body", 11)
    for line in range(30):
        canvas.drawString(
            70, 780 - 16 * line, f"Phần tiếp theo {line + 1} của công văn số {number} gửi các cơ quan."
        )
    canvas.drawString(70, 220, "Nơi nhận:")
    for line, text in enumerate(["- Như trên;", "- Lưu: VT, CCHC."]):
        canvas.drawString(70, 204 - 14 * line, text)
    for line, text in enumerate(["GIÁM ĐỐC", "", "", "Phạm Quang Vinh"]):
        canvas.drawString(380, 220 - 18 * line, text)
    canvas.setAuthor(str(number))
    canvas.save()
    content = out.getvalue()
    return _padded(content, b"%" + padding[: max(0, PDF_BYTES - len(content))] + b"\n")


def _padded(content: bytes, padding: bytes) -> bytes:
    """The same PDF, larger: a comment before the cross-reference table, whose place is told anew."""
    at = content.rindex(b"xref\n", 0, content.rindex(b"startxref"))
    rest = content[at:].replace(b"startxref\n%d\n" % at, b"startxref\n%d\n" % (at + len(padding)))
    return content[:at] + padding + rest


def _header(canvas: Any, number: int) -> None:
    draw = canvas.drawString
    for line, text in enumerate(
        ["UBND TỈNH BÌNH LÂM", "SỞ NỘI VỤ", f"Số: {number}/SNV-CCHC", f"V/v báo cáo công tác lần {number}"]
    ):
        draw(70, 780 - 16 * line, text)
    for line, text in enumerate(
        [
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            "Lâm Khê, ngày 16 tháng 11 năm 2026",
        ]
    ):
        draw(320, 780 - 16 * line, text)
    draw(160, 690, "Kính gửi:")
    for line, unit in enumerate(UNITS):
        draw(180, 674 - 14 * line, f"- {unit};")


def mail(number: int, padding: bytes) -> bytes:
    """The letter in a clerk's mail."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = SENDER, TO, f"Công văn {number}"
    message["Message-ID"] = f"<bench-{number}@binhlam.example>"
    message.set_content("Gửi kèm công văn.")
    message.add_attachment(
        letter(number, padding), maintype="application", subtype="pdf", filename=f"cv{number}.pdf"
    )
    return message.as_bytes(policy=SMTP)


def run() -> list[Figure]:
    """CPU a document, and the median wait on an idle hub."""
    padding = random.Random(1).randbytes(PDF_BYTES).replace(b"\n", b".").replace(b"\r", b".")
    with tempfile.TemporaryDirectory(dir=os.environ.get("VANTHU_BENCH_DIR")) as folder:
        hub = found(Path(folder) / "data", sample=True)
        mails = [mail(number, padding) for number in range(1, DOCUMENTS + IDLE_TRIES + 11)]
        with served(hub.data) as (port, pid):
            _send(port, mails[:10])
            _wait(hub, 10)
            before = _cpu(pid)
            _send(port, mails[10 : 10 + DOCUMENTS])
            _wait(hub, 10 + DOCUMENTS)
            spent = (_cpu(pid) - before) * 1000 / DOCUMENTS
            waits = [
                _one(hub, port, mails[10 + DOCUMENTS + at], 11 + DOCUMENTS + at) for at in range(IDLE_TRIES)
            ]
        hub.database.close()
    return [
        Figure("chain.cpu_per_document", spent, "ms", MAILMAN_MS, at_most=25 / MAILMAN_MS),
        Figure("chain.idle_wait_median", statistics.median(waits), "ms", at_most=100.0),
    ]


@contextmanager
def served(data: Path, only: str = "smtp,work") -> Iterator[tuple[int, int]]:
    """A real hub: its port and its pid."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = "from hub.cli import main; main()"
    command = [
        sys.executable,
        "-c",
        program,
        "serve",
        "--only",
        only,
        "--data",
        str(data),
        "--smtp",
        f"127.0.0.1:{port}",
    ]
    with (data / "serve.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _until(lambda: _listens(port), 30)
            yield port, process.pid
        finally:
            process.terminate()
            process.wait(30)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def _send(port: int, mails: list[bytes]) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        for content in mails:
            client.sendmail(SENDER, [TO], content)


def _one(hub: Hub, port: int, content: bytes, expected: int) -> float:
    """Milliseconds from the 250 to the last delivery."""
    _send(port, [content])
    began = time.time()
    _wait(hub, expected)
    with hub.database.reading() as connection:
        last = connection.execute(
            select(func.max(deliveries.c.finished_at)).where(deliveries.c.kind == MailKind.DOCUMENT)
        ).scalar_one()
    time.sleep(0.3)
    return float((last.timestamp() - began) * 1000)


def _wait(hub: Hub, documents: float) -> None:
    _until(lambda: _delivered(hub) >= documents * len(UNITS), 120)


def _delivered(hub: Hub) -> int:
    with hub.database.reading() as connection:
        return int(
            connection.execute(
                select(func.count()).where(
                    deliveries.c.state == DeliveryState.DELIVERED, deliveries.c.kind == MailKind.DOCUMENT
                )
            ).scalar_one()
        )


def _until(condition: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("the hub did not get there")
        time.sleep(0.02)


def _cpu(pid: int) -> float:
    """Seconds of processor time of a process and all that it started and that live or have ended."""
    total, waiting = 0.0, [pid]
    while waiting:
        current = waiting.pop()
        fields = Path(f"/proc/{current}/stat").read_text().rpartition(")")[2].split()
        total += sum(int(fields[at]) for at in (11, 12, 13, 14)) / TICK
        for task in Path(f"/proc/{current}/task").iterdir():
            waiting += [int(child) for child in (task / "children").read_text().split()]
    return total
