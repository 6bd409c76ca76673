"""A private Postfix that accepts and holds: the anchor for accepting mail.

Its own configuration, queue and port on loopback; nothing of the machine's own
Postfix is touched. Every mail goes to the hold queue, so that it does what our
door does and no more: take the mail and make it durable.
"""

import os
import shutil
import subprocess
import time
from pathlib import Path

_MAIN = """compatibility_level = 3.6
queue_directory = {root}/queue
data_directory = {root}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = bench.example.vn
mydestination = bench.example.vn
mynetworks = 127.0.0.0/8
message_size_limit = 52428800
mailbox_size_limit = 0
local_recipient_maps =
alias_maps =
alias_database =
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
smtpd_recipient_restrictions = check_recipient_access static:HOLD, permit_mynetworks, reject
"""
# what sends on: everything is held until it is released, then goes to the sink
_RELAY = """relayhost = [127.0.0.1]:{sink}
smtp_tls_security_level = none
smtp_destination_concurrency_limit = 20
maximal_queue_lifetime = 1d
smtpd_recipient_restrictions = check_recipient_access static:HOLD, permit_mynetworks, reject
"""
_MASTER = """127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
local unix - n n - - local
smtp unix - - n - - smtp
scache unix - - n - 1 scache
anvil unix - - n - 1 anvil
"""


def available() -> bool:
    return os.geteuid() == 0 and bool(shutil.which("postfix") and shutil.which("smtp-source"))


class Postfix:
    """Started with ``start``, ended with ``stop``; ``port`` accepts on loopback."""

    name = "postfix"

    def __init__(self, root: Path, port: int) -> None:
        self.root = root
        self.port = port

    def start(self) -> None:
        for folder in ("etc", "queue", "data"):
            (self.root / folder).mkdir(parents=True)
        shutil.chown(self.root / "data", "postfix")
        (self.root / "etc/main.cf").write_text(_MAIN.format(root=self.root))
        (self.root / "etc/master.cf").write_text(_MASTER.format(port=self.port))
        self._command("start")
        time.sleep(1)

    def _command(self, verb: str) -> None:
        subprocess.run(["postfix", "-c", str(self.root / "etc"), verb], check=True, capture_output=True)

    def taken(self) -> int:
        """Mails held by now."""
        return sum(1 for path in (self.root / "queue/hold").rglob("*") if path.is_file())

    def clear(self) -> None:
        for path in (self.root / "queue/hold").rglob("*"):
            if path.is_file():
                path.unlink()

    def stop(self) -> None:
        self._command("stop")


class Relay(Postfix):
    """A Postfix that sends on to a sink what it holds."""

    def __init__(self, root: Path, port: int, sink: int) -> None:
        super().__init__(root, port)
        self._sink = sink

    def start(self) -> None:
        super().start()
        with (self.root / "etc/main.cf").open("a") as file:
            file.write(_RELAY.format(sink=self._sink))
        self._command("reload")
        time.sleep(1)

    def release(self) -> None:
        """Let everything go that is held."""
        for command in (["postsuper", "-H", "ALL"], ["postqueue", "-f"]):
            subprocess.run(
                [command[0], "-c", str(self.root / "etc"), *command[1:]], check=True, capture_output=True
            )

    def left(self) -> int:
        """Mails that have not gone yet."""
        queues = ("hold", "incoming", "active", "deferred", "maildrop")
        return sum(1 for name in queues for path in (self.root / "queue" / name).rglob("*") if path.is_file())
