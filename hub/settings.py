"""Every setting with its meaning and default: the dataclasses are the documentation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from hub.texts import N_


def _setting(default: Any, doc: str) -> Any:
    metadata = {"doc": doc}
    if isinstance(default, list):
        return field(default_factory=lambda: list(default), metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Organisation:
    name: str = _setting("", N_("Name of the organisation, as it stands in mails and reports."))
    domains: list[str] = _setting(
        ["vanthu.example"], N_("Mail domains of the organisation; the first one is the hub's own.")
    )
    zone: str = _setting("Asia/Ho_Chi_Minh", N_("Time zone of the books: years and days begin in it."))
    place: str = _setting("", N_("Where the organisation sits, as it stands before the date of a document."))
    language: Literal["vi", "en"] = _setting("vi", N_("Language of mails and of the command line: vi or en."))
    help_address: str = _setting(
        "", N_("Address where a person answers questions; empty: hotro@ the first domain.")
    )
    holidays: list[str] = _setting([], N_("Further days off, as 2026-02-20, beside those of the country."))
    working_days: list[str] = _setting([], N_("Days worked although they are weekends or holidays."))
    office_hours: list[str] = _setting(
        ["07:30-11:30", "13:30-17:00"], N_("When offices are open on working days, for rules about the time.")
    )


@dataclass(frozen=True, slots=True)
class Storage:
    url: str = _setting(
        "",
        N_(
            "Database: empty for SQLite in the data folder, or postgresql://user@host/name. A password goes into PGPASSFILE or VANTHU_STORAGE_URL."
        ),
    )
    reserve_share: float = _setting(
        0.05,
        N_(
            "Share of the disk that stays free: below it the hub answers a temporary error instead of accepting."
        ),
    )


@dataclass(frozen=True, slots=True)
class Smtp:
    host: str = _setting(
        "127.0.0.1", N_("Address the hub listens on for mail; the example listens on this machine only.")
    )
    port: int = _setting(2525, N_("Port for mail."))
    hostname: str = _setting("", N_("Name in the greeting; empty: the first domain."))
    tls_cert: str = _setting(
        "",
        N_("Certificate file (PEM) for STARTTLS; without it log-in is only possible from trusted networks."),
    )
    tls_key: str = _setting("", N_("Key file (PEM) of the certificate, readable by the hub only."))
    max_message_mb: int = _setting(50, N_("Largest mail in MB."))
    max_recipients: int = _setting(100, N_("Most recipients of one mail."))
    max_connections: int = _setting(100, N_("Most connections at once."))
    max_connections_per_ip: int = _setting(
        10, N_("Most connections at once from one address; trusted networks are exempt.")
    )
    trusted_networks: list[str] = _setting(
        [], N_("Networks (CIDR) whose mail needs no log-in: the person is the one whom MAIL FROM names.")
    )


@dataclass(frozen=True, slots=True)
class Mailboxes:
    imap: str = _setting(
        "",
        N_(
            "HOST:PORT where mail programs open mailboxes (IMAP, STARTTLS), served by Dovecot. Empty: mailboxes are read with vanthu mailbox read."
        ),
    )
    imaps: str = _setting("", N_("HOST:PORT for IMAP with TLS from the first byte. Empty: none."))
    submission: str = _setting(
        "", N_("HOST:PORT where mail programs hand in mail (STARTTLS, log-in). Empty: none.")
    )
    submissions: str = _setting("", N_("HOST:PORT for handing in with TLS from the first byte. Empty: none."))
    host: str = _setting(
        "", N_("Name that mail programs connect to, as mail.example.vn; empty: mail. and the first domain.")
    )
    dovecot: str = _setting("", N_("Program that serves IMAP; empty: dovecot where it is installed."))
    pattern: Literal["annv", "nvan", "an.nguyenvan", "an.nguyen", "nguyenvanan", "nguyen.van.an"] = _setting(
        "annv", N_("How new addresses are made of names, shown on Nguyễn Văn An.")
    )
    quota_mb: int = _setting(
        2048, N_("Room of a mailbox in MB; documents of the hub do not count. 0: no limit.")
    )
    unit_ceiling: int = _setting(
        0, N_("Most mailboxes that administrators of a unit may issue for it; 0: no limit.")
    )
    first_password_hours: int = _setting(72, N_("So long a first password opens the mailbox."))
    mta_sts: Literal["none", "testing", "enforce"] = _setting(
        "testing",
        N_(
            "What other mail servers are told about TLS towards this hub (MTA-STS): enforce needs a certificate that everybody trusts."
        ),
    )
    sends_per_hour: int = _setting(200, N_("Most recipients a person may send to in an hour."))
    target: float = _setting(
        0.5, N_("Share of the staff who should use a mailbox, for the report on mailboxes.")
    )


@dataclass(frozen=True, slots=True)
class Checks:
    dns: bool = _setting(
        True,
        N_(
            "Ask DNS who sent a mail from outside (SPF, DKIM, DMARC); false: every mail without log-in waits for a clerk."
        ),
    )
    timeout_seconds: float = _setting(
        5.0, N_("Longest time for all questions about one mail; after it the sender counts as unverified.")
    )
    clamd: str = _setting(
        "",
        N_("Antivirus: path of clamd's unix socket, or HOST:PORT. Empty: every file counts as not scanned."),
    )
    clamd_seconds: float = _setting(
        30.0, N_("Longest time for one file; after it the file counts as not scanned.")
    )
    clamd_oldest_days: float = _setting(7.0, N_("With signatures older than this no file counts as clean."))
    authserv_id: str = _setting(
        "",
        N_(
            "The hub's name in Authentication-Results headers; such headers in mails from outside are forged. Empty: the name in the greeting."
        ),
    )


@dataclass(frozen=True, slots=True)
class Security:
    officers: list[str] = _setting(
        [],
        N_(
            "Who is told, without content, when something is locked away; empty: the administrators of the central unit."
        ),
    )


@dataclass(frozen=True, slots=True)
class Scanner:
    folder: str = _setting(
        "scan",
        N_(
            "Folder with one sub-folder per unit, each with incoming/ and outgoing/; relative to the data folder. Empty: no scanners."
        ),
    )
    settle_seconds: float = _setting(3.0, N_("A file is taken when it has not changed for so long."))
    poll_seconds: float = _setting(1.0, N_("How often the folders are looked at."))


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """One mailbox on another server, a ``[[fetch.accounts]]`` of its own."""

    name: str = _setting("", N_("Short name in lists and alarms, as so-tai-chinh."))
    unit: str = _setting(
        "",
        N_("Code of the unit that gets its mail; empty: as Delivered-To says, else the general address."),
    )
    host: str = _setting("", N_("IMAP server."))
    port: int = _setting(993, N_("Its port."))
    tls: Literal["tls", "starttls", "none"] = _setting(
        "tls", N_("Encryption; none is only allowed on this machine (loopback).")
    )
    tls_ca: str = _setting("", N_("File with certificates (PEM) to trust instead of the machine's own."))
    folder: str = _setting("INBOX", N_("Folder to fetch from."))
    user: str = _setting("", N_("User name."))
    password_file: str = _setting(
        "", N_("File with the password, readable by the hub only; relative to the data folder.")
    )
    oauth_token_url: str = _setting(
        "", N_("Where access tokens are given out (OAuth 2.0, XOAUTH2), instead of a password.")
    )
    oauth_client_id: str = _setting("", N_("Id of the client registered there."))
    oauth_client_secret_file: str = _setting("", N_("File with its secret; empty: it has none."))
    oauth_refresh_token_file: str = _setting(
        "", N_("File with the refresh token; a new one is written there. Empty: the client asks for itself.")
    )
    oauth_scope: str = _setting("", N_("Scope to ask for; empty: the usual one."))
    oauth_expires: str = _setting(
        "", N_("Day on which secret or refresh token ends, as 2026-12-31; the hub warns a week before.")
    )
    afterwards: Literal["leave", "seen", "move", "delete"] = _setting(
        "leave", N_("What becomes of a mail there once its copy here is safe: leave, seen, move or delete.")
    )
    move_to: str = _setting("Vanthu", N_("Folder for move; made where there is none."))
    since: str = _setting("", N_("Only mail that came since this day, as 2026-11-01; empty: all of it."))


@dataclass(frozen=True, slots=True)
class Fetch:
    accounts: list[ImapAccount] = _setting(
        [],
        N_(
            "Mailboxes on other servers from which mail is fetched, each a [[fetch.accounts]] with these keys:"
        ),
    )
    sweep_seconds: float = _setting(
        300.0, N_("Longest time between two looks at a mailbox; new mail wakes the hub before (IDLE).")
    )
    alarm_minutes: float = _setting(
        30.0, N_("The administrators are told when a mailbox could not be fetched from for so long.")
    )


@dataclass(frozen=True, slots=True)
class Exchange:
    organ_id: str = _setting(
        "",
        N_(
            "The organisation's id in edXML (QCVN 102:2016), as 000.00.00.H10. Empty: no exchange by packages."
        ),
    )
    folder: str = _setting(
        "edxml",
        N_(
            "Folder of the gateway software, with incoming/ and outgoing/ below gateway/; relative to the data folder."
        ),
    )
    webhooks: list[str] = _setting(
        [],
        N_(
            'Units with software that listens, as "sotaichinh https://qlvb.example/vanthu"; its secret: vanthu webhooks.'
        ),
    )


@dataclass(frozen=True, slots=True)
class Chat:
    telegram_token_file: str = _setting(
        "", N_("File with the token of the hub's Telegram bot, readable by the hub only. Empty: no chat.")
    )
    telegram_api: str = _setting(
        "https://api.telegram.org/bot", N_("Address of the Bot API; the token follows it.")
    )
    webhook: bool = _setting(
        False, N_("Have Telegram post to web.public_url instead of asking it; for hubs of several machines.")
    )
    quiet_from: str = _setting(
        "21:00", N_("From this time of day on only what is hỏa tốc rings in the chat.")
    )
    quiet_to: str = _setting("06:30", N_("The quiet hours end at this time of day."))


@dataclass(frozen=True, slots=True)
class Reading:
    children: int = _setting(2, N_("Processes that read files."))
    seconds: float = _setting(30.0, N_("Longest time for reading one mail or file."))
    memory_mb: int = _setting(512, N_("Most memory of one reading process in MB."))
    documents_per_child: int = _setting(500, N_("A reading process is replaced after so many documents."))
    threshold: float = _setting(
        0.6, N_("Fields below this confidence are asked of the clerk instead of being guessed.")
    )


@dataclass(frozen=True, slots=True)
class Scans:
    children: int = _setting(0, N_("Processes that read scans (OCR), a page each; 0: as many as cores."))
    max_pages: int = _setting(100, N_("Pages of one scanned file that are read; the rest is kept unread."))
    seconds: float = _setting(60.0, N_("Longest time for reading one page of a scan."))
    memory_mb: int = _setting(1024, N_("Most memory for reading one page of a scan in MB."))


@dataclass(frozen=True, slots=True)
class Delivery:
    smarthost: str = _setting(
        "",
        N_(
            "Mail server for addresses outside this hub, as host:port. Empty: such deliveries fail and are shown."
        ),
    )
    smarthost_tls: Literal["starttls", "tls", "none"] = _setting(
        "starttls", N_("Encryption towards the smarthost; none is only allowed on this machine (loopback).")
    )
    smarthost_user: str = _setting("", N_("User name at the smarthost; empty: no log-in."))
    smarthost_password_file: str = _setting(
        "", N_("File with the password for the smarthost, readable by the hub only.")
    )
    first_retry_minutes: float = _setting(
        7.5, N_("Wait before the second attempt; it doubles up to the longest wait.")
    )
    longest_retry_hours: float = _setting(4.0, N_("Longest wait between attempts."))
    give_up_days: float = _setting(5.0, N_("After so long a delivery has failed and a person is told."))


@dataclass(frozen=True, slots=True)
class Schedule:
    journal_head_at: str = _setting("07:00", N_("Time of day at which the journal's head is mailed out."))
    journal_head_to: list[str] = _setting(
        [],
        N_(
            "Who gets the journal's head, best outside this hub; empty: the administrators of the central unit."
        ),
    )
    paper_after_days: int = _setting(
        7,
        N_("After so many days paper that was to follow is missing, and its sender's clerk is told weekly."),
    )


@dataclass(frozen=True, slots=True)
class Reports:
    kinds: list[str] = _setting(
        ["compliance"],
        N_(
            "Kinds of report that units are asked for: those that come with the program, and the files in the folder reports of the data folder."
        ),
    )
    first: str = _setting(
        "",
        N_(
            "The month whose returns are asked for first, as 2026-11; empty: the next one whose figures are complete."
        ),
    )


@dataclass(frozen=True, slots=True)
class Web:
    host: str = _setting(
        "127.0.0.1",
        N_(
            "Address the hub listens on for web pages; a reverse proxy with TLS stands before it. Empty: no pages."
        ),
    )
    port: int = _setting(8080, N_("Port for web pages; 0: any free one."))
    public_url: str = _setting(
        "", N_("How people reach the pages, as https://vanthu.example; empty: http:// host and port.")
    )
    metrics_from: list[str] = _setting(
        [], N_("Addresses that may read /metrics beside this machine, as 10.1.2.3.")
    )


@dataclass(frozen=True, slots=True)
class Work:
    workers: int = _setting(2, N_("Threads that register, route and deliver."))
    instance: str = _setting(
        "", N_("Name of this process group among several on one database; empty: host and data folder.")
    )


@dataclass(frozen=True, slots=True)
class Config:
    organisation: Organisation = field(default_factory=Organisation)
    storage: Storage = field(default_factory=Storage)
    smtp: Smtp = field(default_factory=Smtp)
    mailboxes: Mailboxes = field(default_factory=Mailboxes)
    checks: Checks = field(default_factory=Checks)
    security: Security = field(default_factory=Security)
    scanner: Scanner = field(default_factory=Scanner)
    fetch: Fetch = field(default_factory=Fetch)
    exchange: Exchange = field(default_factory=Exchange)
    chat: Chat = field(default_factory=Chat)
    reading: Reading = field(default_factory=Reading)
    scans: Scans = field(default_factory=Scans)
    delivery: Delivery = field(default_factory=Delivery)
    schedule: Schedule = field(default_factory=Schedule)
    reports: Reports = field(default_factory=Reports)
    web: Web = field(default_factory=Web)
    work: Work = field(default_factory=Work)

    @property
    def domain(self) -> str:
        """The hub's own mail domain."""
        return self.organisation.domains[0]
