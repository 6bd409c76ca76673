"""What can be found out about who sent a mail: the claims of its header, and what DNS and signatures say."""

from dataclasses import dataclass

from rules.vocabulary import SenderVerdict


@dataclass(frozen=True, slots=True)
class Claim:
    """Whom From and Sender name (RFC 5322 3.6.2).

    ``domain`` is the domain of the one address in From, in lower case ASCII, or
    "" where From does not name one address beyond doubt; ``doubts`` say why
    (codes). ``domains`` are all domains that From or Sender may be read to name.
    """

    domain: str = ""
    sender_domain: str = ""  # of the Sender header, or ""
    domains: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SenderCheck:
    """The results for one mail.

    ``spf`` and the second of each ``dkim`` pair are words of RFC 8601 (pass,
    fail, softfail, neutral, none, policy, temperror, permerror), ``dmarc`` and
    ``arc`` are pass, fail, none, temperror or permerror. ``aligned`` are the domains that passed
    SPF or DKIM and are aligned with From's as its DMARC record wants it
    (relaxed without one, RFC 7489 3.1), each once. ``reasons`` are codes.
    """

    claim: Claim = Claim()
    spf: str = "none"
    dkim: tuple[tuple[str, str], ...] = ()
    dmarc: str = "none"
    arc: str = "none"
    aligned: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def from_domain(self) -> str:
        """The domain of the one address in From, or ""."""
        return self.claim.domain

    @property
    def aligned_domain(self) -> str | None:
        """The first aligned domain."""
        return self.aligned[0] if self.aligned else None


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict on a sender with the code of its reason."""

    verdict: SenderVerdict
    because: str
