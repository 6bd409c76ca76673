"""What the hub writes, the hub reads: its own mails are recognised, and nothing is lost on the way."""

from dataclasses import replace

import pytest

from connectors.readers import mime
from connectors.readers.limits import ReadLimits
from hub.letter import Cover, MailFile, Thread, compose, enclose
from hub.render import notice
from rules.values.sending import Address
from tests.hub.notice_samples import NOON, SAMPLES

FILES = [
    MailFile(
        "Chỉ thị số 21 – Triển khai phần mềm dùng chung thuộc Đề án 112 trên địa bàn.pdf",
        "application/pdf",
        b"%PDF-1",
    ),
    MailFile("annex.docx", "application/octet-stream", bytes(range(256)) * 100),
]
COVER = Cover(
    "delivery.7",
    "hub-1",
    "binhminh.example",
    Address("congvan@binhminh.example", "UBND tỉnh Bình Minh"),
    Address("vanthu.sonoivu@binhminh.example", "Sở Nội vụ"),
    NOON,
    Thread("doc.1", "21/2005/CT-UBND", NOON),
)


@pytest.mark.parametrize("name", SAMPLES)
def test_our_own_mail_is_known_as_such_and_read_whole(name: str) -> None:
    rendered = notice(SAMPLES[name], "vi")
    content = b"".join(compose(rendered, COVER, "b@binhminh.example", enclose(FILES, "1")).pieces())
    mail = mime.read(content, ReadLimits())
    assert mail.headers.automatic == "loop"
    assert mail.headers.subject == rendered.subject
    assert mail.headers.message_id.strip("<>") == "delivery.7@binhminh.example"
    assert [(file.name, file.content) for file in mail.files] == [(file.name, file.content) for file in FILES]
    assert rendered.text.splitlines()[1] in mail.body


def test_also_without_the_loop_mark_it_is_automatic() -> None:
    outbound = compose(notice(SAMPLES["receipt"], "vi"), COVER, "")
    headers = b"".join(
        line for line in outbound.headers.splitlines(True) if not line.startswith(b"X-Hub-Loop")
    )
    mail = mime.read(b"".join(replace(outbound, headers=headers).pieces()), ReadLimits())
    assert mail.headers.automatic == "auto-submitted"
