"""DMARC (RFC 7489): which authenticated domains count for the domain in From, and what its owner wants.

Done here and not by authheaders, because that brings a public-suffix list of 2019
and reports an unsigned mail as one whose signature failed.
"""

from collections.abc import Iterable
from functools import lru_cache

from publicsuffixlist import PublicSuffixList

from connectors.checks.resolver import Resolver

_LONGEST_RECORD = 4096


def policy_of(domain: str, resolver: Resolver) -> dict[str, str] | None:
    """The tags of the domain's DMARC record, or its organisation's. Raises DnsUnavailable."""
    places = dict.fromkeys((domain, organisational(domain) or domain))
    for place in places:
        found = [tags for text in resolver.txt(f"_dmarc.{place}") if (tags := _tags(text))]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def aligned(author: str, authenticated: str, *, strict: bool) -> bool:
    """Whether an authenticated domain stands for the author's (RFC 7489 3.1)."""
    if strict or author == authenticated:
        return author == authenticated
    organisation = organisational(author)
    return organisation is not None and organisation == organisational(authenticated)


def aligned_domains(
    author: str, policy: dict[str, str] | None, signed: Iterable[str], envelope: Iterable[str]
) -> tuple[str, ...]:
    """Those of the domains that passed DKIM or SPF which are aligned, each once."""
    strict = {tag: (policy or {}).get(tag) == "s" for tag in ("adkim", "aspf")}
    found = [domain for domain in signed if aligned(author, domain, strict=strict["adkim"])]
    found += [domain for domain in envelope if aligned(author, domain, strict=strict["aspf"])]
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=4096)
def organisational(domain: str) -> str | None:
    """The domain that was registered: one label below a public suffix; None for a suffix itself."""
    return _suffixes().privatesuffix(domain)


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _tags(text: str) -> dict[str, str]:
    """A record's tags; nothing when it is no DMARC record."""
    if len(text) > _LONGEST_RECORD:
        return {}
    pairs = [part.partition("=") for part in text.split(";")]
    tags = {name.strip().lower(): value.strip().lower() for name, equals, value in pairs if equals}
    first = pairs[0]
    return tags if (first[0].strip(), first[2].strip()) == ("v", "DMARC1") else {}
