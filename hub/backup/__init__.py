"""A copy of everything as a folder, and back again with proof (PROMISES R15).

::

    manifest.json      what the copy holds: counts, journal head, next numbers, the hash of SHA256SUMS
    state-<moment>/    database, settings and secrets, spool, SHA256SUMS, FOLDERS
    blobs/ mail/       files that never change under their name, shared by all runs into this folder

A further run into the same folder copies what is new; the old manifest stays
true until the new one takes its place.
"""

from hub.backup.making import backup_hub
from hub.backup.manifest import BackupRefused, Manifest
from hub.backup.restoring import restore_hub

__all__ = ["BackupRefused", "Manifest", "backup_hub", "restore_hub"]
