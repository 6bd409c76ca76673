import dataclasses
import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader, UndefinedError, meta

from hub.notices import About, DeliveryNotice
from hub.render import TEMPLATES, Rendered, notice, render
from hub.texts import LANGUAGES
from tests.hub.notice_samples import ABOUT, CODES, DELIVERY, LINK, SAMPLES, URGENT

WORD_FILES = sorted(p.stem for p in (TEMPLATES / "mail" / "vi").glob("*.j2"))


class Page(HTMLParser):
    """Collects what a mail program would show, and what it would fetch or run."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.open: list[str] = []
        self.risky: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)
        names = {name for name, _ in attrs}
        if tag == "a" and (target := dict(attrs).get("href") or "").startswith(LINK):
            self.words.append(target)
            names.discard("href")
        if tag in ("script", "img", "link", "iframe", "object", "svg", "form") or names & {
            "src",
            "href",
            "background",
        }:
            self.risky.append(tag)
        self.risky += [n for n in names if n.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data.split()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SAMPLES)
def test_both_forms_say_the_same_words(name: str, language: str) -> None:
    mail = notice(SAMPLES[name], language)
    page = Page(mail.html)
    assert page.open == [] and page.risky == []
    shown = {word.strip("():;,").lower() for word in page.words} - {"•"}
    said = {word.strip("():;,").lower() for word in (mail.text + mail.subject).split()}
    assert shown - said == set()
    assert said - shown - {"-", "--", ""} - set(re.findall(r"=+", mail.text)) == set()
    assert "\n" not in mail.subject and mail.subject


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SAMPLES)
def test_every_value_that_is_told_is_said(name: str, language: str) -> None:
    text = notice(SAMPLES[name], language).text
    missing = [
        value
        for value in _strings(SAMPLES[name])
        if value.casefold() not in text.casefold() and value not in CODES
    ]
    fields_a_digest_leaves_out = {"type", "issuer", "signer"} if name == "digest" else set()
    left_out = {
        getattr(document, field) for field in fields_a_digest_leaves_out for document in (ABOUT, URGENT)
    }
    assert set(missing) - left_out == set()


def _strings(value: object) -> list[str]:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [s for field in dataclasses.fields(value) for s in _strings(getattr(value, field.name))]
    if isinstance(value, tuple):
        return [s for item in value for s in _strings(item)]
    return [value] if type(value) is str else []


def test_the_subject_leads_with_the_symbol_and_the_urgency() -> None:
    assert notice(SAMPLES["delivery"], "vi").subject.startswith("[21/2005/CT-UBND] Về việc triển khai")
    assert notice(SAMPLES["delivery_to_accept"], "vi").subject.startswith("HỎA TỐC – [449/CV-BĐH112] V/v")


def test_a_unit_that_accepts_by_its_clerk_is_asked_to_accept() -> None:
    accepted, waiting = (notice(SAMPLES[n], "vi").text for n in ("delivery", "delivery_to_accept"))
    assert "Số đến: 15 (ngày 23/11/2026)" in accepted and "chậm nhất ngày 30/11/2026" in accepted
    assert "Số đến" not in waiting and "tiếp nhận văn bản, hoặc trả lại" in waiting
    assert "trình và chuyển ngay sau khi nhận" in waiting  # ND30/2020 Art. 4.2c


def test_an_undated_document_without_symbol_is_named_by_its_type() -> None:
    mail = notice(dataclasses.replace(DELIVERY, document=About("Về việc nghỉ lễ"), files=()), "vi")
    assert mail.subject.startswith("[Văn bản] ") and "không có số" in mail.text
    assert "Ngày văn bản" not in mail.text and "Tệp kèm theo" not in mail.text


@pytest.mark.parametrize("name", WORD_FILES)
def test_the_languages_speak_of_the_same_values(name: str) -> None:
    env = Environment(loader=FileSystemLoader(TEMPLATES))
    env.filters.update(dict.fromkeys(("date", "moment", "size", "word", "first_upper"), str))
    used = [
        meta.find_undeclared_variables(env.parse((TEMPLATES / "mail" / language / f"{name}.j2").read_text()))
        for language in LANGUAGES
    ]
    assert used[0] == used[1]


def test_each_language_has_each_file() -> None:
    assert sorted(p.stem for p in (TEMPLATES / "mail" / "en").glob("*.j2")) == WORD_FILES
    assert {n.template for n in SAMPLES.values()} == set(WORD_FILES) - {"about", "shared"}


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        render("delivery", "vi", {"unit": "Sở Nội vụ"})


@pytest.mark.parametrize(
    ("name", "language"), [("../x", "vi"), ("delivery", "de"), ("delivery", "../vi"), ("", "vi")]
)
def test_only_names_and_languages_of_ours(name: str, language: str) -> None:
    with pytest.raises(ValueError, match="no mail"):
        render(name, language, {})


HOSTILE = st.text(min_size=1, max_size=60) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        "{{ 7 * 7 }}",
        "{% raw %}",
        '"><img src=x onerror=y>',
        "</td></table>",
        "a\r\nBcc: x@y",
        "\u2028x",
    ]
)


@settings(max_examples=150, deadline=None)
@given(HOSTILE)
def test_values_stay_values(text: str) -> None:
    mail = notice(_soiled(text), "vi")
    page = Page(mail.html)
    assert page.open == [] and page.risky == []
    assert not set(mail.subject + mail.text.replace("\n", "")) & set("\r\n\0\u2028\u2029")
    assert "49" not in mail.text or "49" in text


def _soiled(text: str) -> DeliveryNotice:
    clean = DELIVERY
    document = dataclasses.replace(
        clean.document, subject=text, symbol=text, issuer=text, signer=text, type=text
    )
    files = (dataclasses.replace(clean.files[0], name=text),)
    return dataclasses.replace(clean, document=document, files=files, unit=text, because=text, note=text)


def test_mails_of_one_shape_share_nothing_but_the_layout() -> None:
    other = dataclasses.replace(DELIVERY, unit="0 <Sở> 1", because="2", number=7)
    first, second, again = (notice(what, "vi") for what in (DELIVERY, other, DELIVERY))
    assert first == again and "0 &lt;Sở&gt; 1" in second.html and "0 <SỞ> 1" in second.text
    assert DELIVERY.unit not in second.html + second.text + second.subject


def test_a_mail_is_rendered_within_a_few_milliseconds() -> None:
    notice(SAMPLES["delivery"], "vi")
    began = time.process_time()
    for _ in range(20):
        assert isinstance(notice(SAMPLES["delivery"], "vi"), Rendered)
    assert (time.process_time() - began) / 20 < 0.003  # measured 0.15 ms
