"""Passwords: argon2id with m=19 MiB, t=2, p=1 (PROMISES S9; 28 ms, the library's default takes 198 ms).

Passwords of programs are 99 random bits that nobody chose: for these a salted SHA-512 is as good, and a
mailbox with five of them must not be told from one that does not exist by the time a refusal takes.
"""

import base64
import binascii
import hashlib
import hmac
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
NOBODY = HASHER.hash("nobody has this password")


def fits(stored: str | None, password: str) -> bool:
    """Whether the password is the stored one; an unknown person costs the same time."""
    try:
        HASHER.verify(stored or NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


SALTED = "{SSHA512}"  # as Dovecot writes it: base64 of digest and salt


def hash_random(password: str) -> str:
    """For passwords made here out of random letters, never for those that people choose."""
    salt = secrets.token_bytes(16)
    return SALTED + base64.b64encode(hashlib.sha512(password.encode() + salt).digest() + salt).decode("ascii")


def fits_random(stored: str, password: str) -> bool:
    """Whether the password is the stored random one."""
    if not stored.startswith(SALTED):
        return fits(stored, password)  # made before, with argon2
    try:
        raw = base64.b64decode(stored.removeprefix(SALTED), validate=True)
    except binascii.Error:
        return False
    return hmac.compare_digest(hashlib.sha512(password.encode() + raw[64:]).digest(), raw[:64])
