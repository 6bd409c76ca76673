"""SPF, DKIM, DMARC and ARC of one mail: what they say, not what it means (that is rules.sender)."""

import re

from connectors.checks.alignment import aligned_domains, policy_of
from connectors.checks.resolver import DnsUnavailable, Resolver
from connectors.checks.signatures import Signatures, Signed
from connectors.checks.spf_policy import spf_result
from connectors.readers.headers import Block, block, unfolded
from connectors.readers.limits import DEFAULT, ReadLimits
from rules.claim import claim_of
from rules.directory import local_and_domain
from rules.values.arrival import Envelope
from rules.values.sender import Claim, SenderCheck

_AUTHSERV_ID = re.compile(rb"[^\s;(]{1,255}")


def check_sender(
    mail: bytes, envelope: Envelope, resolver: Resolver, authserv_id: str = "", limits: ReadLimits = DEFAULT
) -> SenderCheck:
    """Everything that DNS and the signatures say about who sent this mail.

    Never raises for what the mail or DNS holds; no answer from DNS is
    "temperror". ``resolver`` should be rationed, because the mail's writer
    chooses what is asked. ``authserv_id`` is our own name in
    Authentication-Results (RFC 8601 2.5).
    """
    header = block(mail, 0, len(mail), limits)
    claim = claim_of(*(tuple(map(unfolded, header.all(name))) for name in ("sender", "from")))
    reasons = list(_oddities(header, authserv_id))
    if header.warnings:  # because two readers may find two different mails in it
        return SenderCheck(Claim(doubts=(*claim.doubts, header.warnings[0]), domains=claim.domains))
    signatures = Signatures(mail[: header.body], memoryview(mail)[header.body :], resolver)
    signed = signatures.dkim()
    spf = spf_result(envelope.peer, envelope.mail_from, envelope.helo, resolver)
    reasons += [item.reason for item in signed if item.reason]
    aligned, dmarc = _dmarc(claim.domain, signed, spf, envelope, resolver)
    return SenderCheck(
        claim=claim,
        spf=spf,
        dkim=tuple((item.domain, item.result) for item in signed),
        dmarc=dmarc,
        arc=signatures.arc(),
        aligned=aligned,
        reasons=tuple(dict.fromkeys(reasons)),
    )


def _dmarc(
    author: str, signed: tuple[Signed, ...], spf: str, envelope: Envelope, resolver: Resolver
) -> tuple[tuple[str, ...], str]:
    """The aligned domains and DMARC's result for them."""
    if not author:
        return (), "none"
    try:
        policy = policy_of(author, resolver)
    except DnsUnavailable:  # because its owner may want it strict
        return (), "temperror"
    sender = local_and_domain(envelope.mail_from)[1]
    found = aligned_domains(
        author,
        policy,
        [item.domain for item in signed if item.result == "pass"],
        [sender] if spf == "pass" else [],
    )
    if policy is None:
        return found, "none"
    return found, "pass" if found else _failed(signed, spf)


def _failed(signed: tuple[Signed, ...], spf: str) -> str:
    undecided = spf == "temperror" or any(item.result == "temperror" for item in signed)
    return "temperror" if undecided else "fail"


def _oddities(header: Block, authserv_id: str) -> list[str]:
    """Results in our own name can only be forged here; they are never read, only named."""
    for value in header.all("authentication-results") if authserv_id else ():
        found = _AUTHSERV_ID.match(value)
        if found and found[0].decode("latin-1").casefold() == authserv_id.casefold():
            return ["forged-authentication-results"]
    return []
