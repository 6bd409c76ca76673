"""Signed mails of other projects: none raises, and what they sealed is read as they meant it."""

import os
import re
import textwrap
from pathlib import Path

import dkim
import pytest

from connectors.checks.resolver import TableResolver
from connectors.checks.sender import check_sender
from tests.connectors.checks.signed import envelope

_ROOT = Path(__file__).resolve().parents[3]
AUTH = Path(os.environ.get("VANTHU_CORPORA", _ROOT.parent / "shared" / "corpora")) / "auth"
SUITE = AUTH / "mail-dkim" / "t" / "arc_test_suite" / "arc-draft-sign-tests.yml"
needs_corpora = pytest.mark.skipif(not AUTH.is_dir(), reason=f"corpora are not at {AUTH}")


@needs_corpora
def test_no_mail_of_the_corpora_raises_or_passes_without_its_dns() -> None:
    mails = [*AUTH.glob("mail-dkim/t/**/*.txt"), *AUTH.glob("dkimpy/data/*")]
    assert len(mails) > 20
    results = {}
    for path in mails:
        found = check_sender(path.read_bytes(), envelope("x@messiah.edu"), TableResolver())
        results[path.name] = [result for _domain, result in found.dkim]
        assert found.aligned == ()
    assert results["goodkey_1.txt"] == ["policy"], "rsa-sha1, RFC 8301"
    assert "pass" not in {result for found in results.values() for result in found}


@needs_corpora
def test_dkimpys_key_verifies_its_mail() -> None:
    data = AUTH / "dkimpy" / "data"
    mail = (data / "test.message").read_bytes()
    line = dkim.sign(mail, b"test", b"example.com", (data / "test2.private").read_bytes())
    records = {("TXT", "test._domainkey.example.com"): [_first_record(data / "test_tlsrpt.txt")]}
    found = check_sender(line + mail, envelope("x@example.com"), TableResolver(records))
    assert (found.dkim, found.aligned_domain) == ((("example.com", "pass"),), "example.com")


def _first_record(path: Path) -> str:
    return path.read_text().splitlines()[0].replace("s=tlsrpt; ", "")


def _blocks(text: str, name: str) -> list[str]:
    """The literal blocks under a key of the suite, in order: all of YAML that it needs."""
    pattern = rf"(?m)^( *){re.escape(name)}: *\|[^\n]*\n((?:\1 +[^\n]*\n| *\n)+)"
    return [textwrap.dedent(match[2]).rstrip("\n") for match in re.finditer(pattern, text)]


def _sealed(test: str) -> bytes:
    """The mail as the suite's sealer leaves it: tags without blanks in them, results with single ones."""
    (mail,) = _blocks(test, "message")
    (seal,), (signature,), (results,) = (_blocks(test, name) for name in ("AS", "AMS", "AAR"))
    tags = ["".join(text.split()).replace(";", "; ") for text in (seal, signature)]
    lines = [f"ARC-Seal: {tags[0]}", f"ARC-Message-Signature: {tags[1]}"]
    lines += [f"ARC-Authentication-Results: {' '.join(results.split())}", mail, ""]
    return "\n".join(lines).replace("\n", "\r\n").encode()


@needs_corpora
def test_the_seals_of_the_arc_suite_are_right() -> None:
    scenarios = [part + "\n" for part in SUITE.read_text("utf-8").split("\n---\n")]
    outcomes: dict[str, str] = {}
    for scenario in scenarios:
        (key,) = _blocks(scenario, "dummy._domainkey.example.org")
        records = {("TXT", "dummy._domainkey.example.org"): ["".join(key.split("\n"))]}
        for test in re.split(r"(?m)^  (?=\w+:\n)", scenario.partition("\ntests:\n")[2])[1:]:
            if _blocks(test, "AS") and "cv=none" in "".join(_blocks(test, "AS")):
                found = check_sender(_sealed(test), envelope("x@d1.example"), TableResolver(records))
                outcomes[test.partition(":")[0]] = found.arc
    assert len(outcomes) >= 10
    assert [name for name, arc in outcomes.items() if arc != "pass"] == []
