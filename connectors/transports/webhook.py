"""Events posted to other software: signed, with an idempotency key, tried again until it answers.

The signature is HMAC-SHA256 over the time stamp, a full stop and the body, with
the receiver's own secret, so that an old post cannot be played back later.
"""

import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx

from connectors.transports import reasons
from rules.text.gate import clean
from rules.values.sending import Address, Deferred, Delivered, Failed, Outbound, Outcome

SCHEME = "webhook:"
SECONDS = 20.0
_LATER = frozenset({408, 409, 423, 425, 429})  # asked again: too early, busy, too many


@dataclass(frozen=True, slots=True)
class Hook:
    """Where one unit's software listens, and the secret it shares with the hub."""

    url: str
    secret: bytes


class WebhookTransport:
    """``to.email`` is ``webhook:<unit>``, the parcel's body the JSON to post. No redirects are followed."""

    def __init__(self, hooks: Mapping[str, Hook], clock: Callable[[], float] = time.time) -> None:
        self._hooks, self._clock = hooks, clock
        self._client = httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=False)

    def deliver(self, key: str, to: Address, parcel: Outbound) -> Outcome:
        hook = self._hooks.get(to.email.removeprefix(SCHEME)) if to.email.startswith(SCHEME) else None
        if hook is None:
            return Failed(reasons.NO_HOOK)
        headers = signed(hook.secret, key, parcel.body, int(self._clock()))
        try:
            answer = self._client.post(hook.url, content=parcel.body, headers=headers)
        except httpx.HTTPError as error:
            return Deferred(f"{reasons.HOOK_AWAY}: {type(error).__name__}")
        return _outcome(answer)

    def close(self) -> None:
        self._client.close()


def signed(secret: bytes, key: str, body: bytes, stamp: int) -> dict[str, str]:
    """The headers of one post. The key is a digest of the delivery's, because a key is data."""
    mac = hmac.new(secret, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "vanthu",
        "Idempotency-Key": hashlib.sha256(key.encode(errors="replace")).hexdigest()[:40],
        "X-Vanthu-Timestamp": str(stamp),
        "X-Vanthu-Signature": f"sha256={mac}",
    }


def _outcome(answer: httpx.Response) -> Outcome:
    code = answer.status_code
    if 200 <= code < 300:
        return Delivered(f"{code}")
    said = clean(answer.text[:200], 200) if len(answer.content) < 100_000 else ""
    if code in _LATER or code >= 500:
        after = answer.headers.get("Retry-After", "")
        seconds = float(after) if after.isdecimal() and len(after) < 6 else None
        return Deferred(reasons.with_answer(reasons.HOOK_LATER, code, said), seconds)
    return Failed(reasons.with_answer(reasons.HOOK_REFUSED, code, said))
