"""Who sent it: the verdict on a mail that came without a log-in (SEMANTICS, Who sent it; PROMISES S5)."""

from rules.directory import Directory, local_and_domain
from rules.values.arrival import Envelope
from rules.values.sender import Judged, SenderCheck
from rules.vocabulary import SenderVerdict


def judge(check: SenderCheck, envelope: Envelope, directory: Directory) -> Judged:
    """What the envelope proved stays; a check can raise it to *aligned*, or lower it to *forged*.

    *Aligned* needs one plain From whose domain, the domain that passed SPF or
    DKIM, the envelope's and the Sender's all belong to one registered party.
    """
    if envelope.verdict is not SenderVerdict.UNVERIFIED:
        return Judged(envelope.verdict, "envelope")
    if _claims_us(check, envelope, directory):
        return Judged(SenderVerdict.FORGED, "claims-our-domain")
    doubt = _doubt(check, envelope, directory)
    return Judged(SenderVerdict.UNVERIFIED, doubt) if doubt else Judged(SenderVerdict.ALIGNED, "aligned")


def _claims_us(check: SenderCheck, envelope: Envelope, directory: Directory) -> bool:
    named = (*check.claim.domains, local_and_domain(envelope.mail_from)[1])
    return any(domain.rstrip(".") in directory.domains for domain in named if domain)


def _doubt(check: SenderCheck, envelope: Envelope, directory: Directory) -> str:
    """Why the sender is nobody we know for certain; "" when he is."""
    claim = check.claim
    if claim.doubts or not claim.domain:
        return claim.doubts[0] if claim.doubts else "from-missing"
    if not check.aligned:
        return "not-aligned"
    party = directory.domain_party(claim.domain)
    if party is None:
        return "not-registered"
    if not any(directory.domain_party(domain) == party for domain in check.aligned):
        return "other-domain"
    if claim.sender_domain and directory.domain_party(claim.sender_domain) != party:
        return "sender-mismatch"
    if directory.domain_party(local_and_domain(envelope.mail_from)[1]) != party:
        return "envelope-mismatch"  # because the receipt goes there
    return ""
