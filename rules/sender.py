"""Who sent it: the verdict on a mail that came without a log-in (SEMANTICS, Who sent it; PROMISES S5)."""

from datetime import timedelta

from rules.directory import Directory, local_and_domain
from rules.values.arrival import Envelope
from rules.values.sender import Judged, SenderCheck
from rules.vocabulary import SenderVerdict

# DNS that does not answer has an hour to come back; looks at it become rarer with the mail's age.
DNS_PATIENCE = timedelta(hours=1)
SHORTEST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=15)
SILENT = "temperror"


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


def look_again(
    check: SenderCheck, judged: Judged, envelope: Envelope, directory: Directory, age: timedelta
) -> timedelta | None:
    """When to ask DNS again, because the sender may be one whom we know; None to let the verdict stand.

    Only the silence of the claimed party's own names counts: nobody else's DNS can hold up a
    mail, and a stranger's says nothing that would change its verdict.
    """
    party = directory.domain_party(check.claim.domain) if check.claim.domain else None
    if judged.because != "not-aligned" or party is None or age >= DNS_PATIENCE:
        return None
    asked = [(local_and_domain(envelope.mail_from)[1], check.spf), *check.dkim]
    silent = [domain for domain, result in asked if result == SILENT]
    policy_silent = check.dmarc == SILENT and not silent
    if policy_silent or any(directory.domain_party(domain) == party for domain in silent if domain):
        return min(max(age, SHORTEST_WAIT), LONGEST_WAIT)
    return None


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
