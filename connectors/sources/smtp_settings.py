"""What the SMTP door may be told. The defaults are the limits of PROMISES S3."""

import ipaddress
import ssl
from dataclasses import dataclass, field

SECRET = "554 5.7.1 The subject bears a secrecy mark: such content may not travel by mail. Nothing was kept"

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class SmtpLimits:
    """Bytes, seconds and counts. Trusted networks are exempt from ``connections_per_ip`` only."""

    recipients: int = 100
    message_bytes: int = 50 << 20
    connections: int = 100
    connections_per_ip: int = 10
    errors: int = 20  # 5xx replies in one session
    refusals: int = 1000  # 4xx replies in one session
    junk_commands: int = 100  # NOOP, RSET, VRFY, HELP, EHLO between two mails
    auth_tries: int = 3
    command_seconds: float = 300.0  # RFC 5321 4.5.3.2.7
    data_seconds: float = 600.0
    data_floor: int = 500  # bytes a second that DATA must bring, counted from ``data_grace``
    data_grace: float = 60.0
    hops: int = 25
    header_bytes: int = 64 << 10
    header_lines: int = 1000
    one_header_bytes: int = 16 << 10


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """One listening address."""

    host: str = "127.0.0.1"
    port: int = 2525  # 0: any free one
    hostname: str = "localhost"  # in the greeting
    account: str = "smtp"  # names this door in envelopes
    limits: SmtpLimits = field(default_factory=SmtpLimits)
    tls: ssl.SSLContext | None = None
    submission: bool = False  # for mail programs (RFC 6409): nothing without a log-in
    implicit_tls: bool = False  # TLS from the first byte (RFC 8314), instead of STARTTLS
    trusted_networks: tuple[str, ...] = ()  # CIDR
    auth_requires_tls: bool = True  # False: also in clear, from loopback and trusted networks only
    stage_above: int = 512 << 10  # bytes of one mail kept in memory before it goes to the disk
    accept_threads: int = 16
    login_threads: int = 2
    stop_seconds: float = 5.0  # for a running DATA to end
    secret: str = SECRET  # the reply to a subject that bears a mark of secrecy (PROMISES S17)

    def networks(self) -> tuple[Network, ...]:
        """The trusted networks; ValueError names a wrong one."""
        return tuple(ipaddress.ip_network(text) for text in self.trusted_networks)
