"""A hub that only accepts: the real SMTP door over the real spool, for the benches.

Prints ``ready <port>`` and serves until its standard input closes.
"""

import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from connectors.sources.smtp import SmtpSource
from connectors.sources.smtp_settings import SmtpLimits, SmtpSettings
from rules.values.arrival import Accepted, Busy, Login, Parcel, RecipientVerdict, Stage
from storage.spool import Spool, SpoolBroken, SpoolFull, SpoolWriter

_YES = RecipientVerdict(250)


class SpoolDoor:
    """Everybody may send to everybody; accepting means being durable in the spool."""

    def __init__(self, spool: Spool) -> None:
        self.spool = spool

    def sender(self, address: str, person: str | None, trusted: bool) -> RecipientVerdict:
        return _YES

    def recipient(self, address: str, person: str | None = None) -> RecipientVerdict:
        return _YES

    def login(self, user: str, password: str, peer: str = "") -> Login | None:
        return None

    def stage(self) -> Stage:
        return self.spool.open_writer(datetime.now(UTC))

    def accept(self, parcel: Parcel) -> Accepted | Busy:
        content = parcel.content
        assert isinstance(content, bytearray | SpoolWriter)
        try:
            return Accepted(self.spool.put(parcel.envelope, content).id)
        except SpoolFull as error:
            return Busy(error.strerror or "", full=True)
        except SpoolBroken as error:
            return Busy(error.strerror or "")

    def accept_many(self, parcels: Sequence[Parcel]) -> list[Accepted | Busy]:
        try:
            small = [(p.envelope, p.content) for p in parcels if isinstance(p.content, bytearray)]
            return [Accepted(spooled.id) for spooled in self.spool.put_many(small)]
        except (SpoolFull, SpoolBroken) as error:
            return [Busy(error.strerror or "", full=isinstance(error, SpoolFull))] * len(parcels)


def main() -> None:
    root = Path(sys.argv[1])
    limits = SmtpLimits(connections_per_ip=1000, connections=1000)
    settings = SmtpSettings(port=0, limits=limits, hostname="bench.example.vn")
    source = SmtpSource(settings, lambda: datetime.now(UTC))
    stop = threading.Event()
    serving = threading.Thread(target=source.run, args=(SpoolDoor(Spool(root)), stop))
    serving.start()
    source.ready.wait(10)
    print(f"ready {source.port}", flush=True)
    sys.stdin.read()
    stop.set()
    serving.join()


if __name__ == "__main__":
    main()
