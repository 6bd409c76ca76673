"""DKIM signatures and ARC chains (RFC 6376, 8617), by dkimpy, which gets only what is bounded.

Because dkimpy reads bodies and headers with patterns that are quadratic or worse
on hostile input, it never sees the body, and no header that is too long or has
long runs of blanks. A stranger's number of signatures, keys and lists is capped too.
"""

import base64
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import dkim
from dkim.canonicalization import CanonicalizationPolicy

from connectors.checks.body_hash import body_hash
from connectors.checks.resolver import DnsUnavailable, Resolver

MOST_SIGNATURES = 8
MOST_ARC_SETS = 5
_LONGEST_SIGNATURE = 8192  # bytes of one header
_MOST_SIGNED = 200  # names in h=
_LONGEST_KEY = 800  # characters of p=: an RSA key of 4,096 bits
_BLANK_RUN = re.compile(rb"\s{81}")
_SIGNATURES = (b"dkim-signature", b"arc-seal", b"arc-message-signature", b"arc-authentication-results")
_DOMAIN = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+"
)
_WEAK = "rsa-sha1"  # RFC 8301 3.1: must not be verified
_QUIET = logging.Logger("dkimpy", logging.CRITICAL + 1)  # because it logs a stranger's bytes
_QUIET.addHandler(logging.NullHandler())
log = logging.getLogger("vanthu.checks")
Tags = dict[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature: who signed, how it came out (RFC 8601), and a code that says why."""

    domain: str
    result: str
    reason: str = ""


class Signatures:
    """The signatures of one mail. ``header`` are its header lines, capped by the caller."""

    def __init__(self, header: bytes, body: memoryview, resolver: Resolver) -> None:
        self._header, self._resolver = header, resolver
        self._hash: Callable[[str, bool], bytes] = cache(lambda name, relaxed: body_hash(body, name, relaxed))

    def dkim(self) -> tuple[Signed, ...]:
        """Every signature, as far as the cap reaches; never raises for what the mail or DNS holds."""
        try:
            signer = self._prepared(dkim.DKIM)
        except Exception as error:  # because dkimpy raises what Python raises on hostile input
            return (_broken(error),)
        found = [value for name, value in signer.headers if name.lower() == b"dkim-signature"]
        checked = [
            self._signed(signer, number, value) for number, value in enumerate(found[:MOST_SIGNATURES])
        ]
        if len(found) > MOST_SIGNATURES:
            checked.append(Signed("", "policy", "dkim-too-many"))
        return tuple(checked)

    def arc(self) -> str:
        """The chain: pass, fail, none, temperror or permerror."""
        try:
            chain = self._prepared(dkim.ARC)
            seals = [value for name, value in chain.headers if name.lower().startswith(b"arc-")]
            if not seals:
                return "none"
            if len(seals) > 3 * MOST_ARC_SETS or not all(map(_harmless, seals)):
                return "permerror"
            result, _sets, _why = chain.verify(dnsfunc=self._key)
        except DnsUnavailable:
            return "temperror"
        except Exception as error:
            return _broken(error).result
        return {dkim.CV_Pass: "pass", dkim.CV_None: "none"}.get(result, "fail")

    def _prepared(self, kind: Any) -> Any:
        """A verifier without the body, which compares the body's hash our way."""
        made = kind(message=self._header + b"\r\n", logger=_QUIET, minkey=1024)
        verify = made.verify_sig

        def verify_sig(tags: Tags, names: list[bytes], header: tuple[bytes, bytes], key: Any) -> bool:
            if b"bh" in tags and not self._body_matches(tags):
                return False
            return bool(verify({k: v for k, v in tags.items() if k != b"bh"}, names, header, key))

        made.verify_sig = verify_sig
        return made

    def _body_matches(self, tags: Tags) -> bool:
        if b"l" in tags or tags[b"a"].decode("ascii", "replace") == _WEAK:
            return False  # because anybody may add to what l= leaves out; RFC 8301
        policy = CanonicalizationPolicy.from_c_value(tags.get(b"c"))
        digest = self._hash(dkim.HASH_ALGORITHMS[tags[b"a"]]().name, policy.body_algorithm.name == b"relaxed")
        return digest == base64.b64decode(re.sub(rb"\s+", b"", tags[b"bh"]))

    def _signed(self, signer: Any, number: int, value: bytes) -> Signed:
        if not _harmless(value):
            return Signed("", "permerror", "dkim-too-long")
        try:
            tags = dkim.parse_tag_value(value)
            domain = tags.get(b"d", b"").decode("ascii", "replace").lower()
            refused = _refused(tags, domain)
            if refused is not None:
                return refused
            good = signer.verify(number, dnsfunc=self._key)
        except DnsUnavailable:
            return Signed(domain, "temperror", "dkim-no-answer")
        except Exception as error:
            return _broken(error)
        if not good:
            return Signed(domain, "fail", "dkim-broken")
        return self._by_key(domain, tags)

    def _by_key(self, domain: str, tags: Tags) -> Signed:
        """What the key's record says about signatures that are right (RFC 6376 3.6.1)."""
        name = tags[b"s"] + b"._domainkey." + tags[b"d"]
        flags = _flags(self._key(name) or b"")
        if b"y" in flags:
            return Signed(domain, "neutral", "dkim-testing")
        author = tags.get(b"i", b"").rpartition(b"@")[2].decode("ascii", "replace").lower()
        if b"s" in flags and author not in ("", domain):
            return Signed(domain, "policy", "dkim-subdomain")
        return Signed(domain, "pass")

    def _key(self, name: bytes, timeout: int = 5) -> bytes | None:
        """The one key record under a name, if it is of a bearable size."""
        records = [text for text in self._resolver.txt(name.decode("ascii", "replace")) if "p=" in text]
        if len(records) != 1 or len(records[0]) > _LONGEST_KEY + 200:
            return None
        return records[0].encode("latin-1")


def _refused(tags: Tags, domain: str) -> Signed | None:
    """What is refused whatever DNS says, so that it is not asked."""
    names = tags.get(b"h", b"").lower().split(b":")
    if _DOMAIN.fullmatch(domain) is None:
        return Signed("", "permerror", "dkim-domain")
    if b"l" in tags:
        return Signed(domain, "policy", "dkim-length-tag")
    if tags.get(b"a") == _WEAK.encode():
        return Signed(domain, "policy", "dkim-weak")
    if b"from" not in (name.strip() for name in names) or len(names) > _MOST_SIGNED:
        return Signed(domain, "permerror", "dkim-without-from")
    return None


def _flags(record: bytes) -> list[bytes]:
    parts = (part.partition(b"=") for part in record.split(b";"))
    values = [value for name, _equals, value in parts if name.strip() == b"t"]
    return [flag.strip() for value in values for flag in value.split(b":")]


def _harmless(value: bytes) -> bool:
    return len(value) <= _LONGEST_SIGNATURE and _BLANK_RUN.search(value) is None


def _broken(error: Exception) -> Signed:
    log.debug("a signature could not be read: %s", type(error).__name__)
    return Signed("", "permerror", "dkim-unreadable")
