"""Plain synchronous workers: claim, do, commit; one transaction per step, poison is parked."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from connectors.readers.pool import NoReader, ReadFailed
from hub import acknowledge, checkpoint, deliver, register, route, scanning
from hub.arrived import SenderUndecided
from hub.context import Hub
from hub.fetching import again
from hub.fetching.book import STAGE as FETCH
from hub.following import chasing, paper_mail, withdrawing
from hub.mailboxes import post
from hub.reporting import answering, asking, collecting, history, proposing, supporting
from hub.reporting.board import issuing
from storage import deliveries, steps
from storage.blobs import BlobDamaged
from storage.deliveries import Claimed
from storage.engine import passes
from storage.steps import Claim

log = logging.getLogger("vanthu.worker")
Stage = Callable[[Hub, Claim, str], Claim | Claimed | None]
STAGES: Mapping[str, Stage] = {
    "register": register.run,
    scanning.STAGE: register.run,
    "route": route.run,
    acknowledge.STAGE: acknowledge.run,
    post.STAGE: post.run,
    FETCH: again.run,
    "checkpoint": checkpoint.run,
    withdrawing.STAGE: withdrawing.run,
    chasing.CHASE: chasing.run_chase,
    chasing.DIGEST: chasing.run_digest,
    chasing.BOARD: chasing.run_board,
    history.STAGE: history.run,
    proposing.ASK: asking.run,
    proposing.COLLECT: collecting.run,
    answering.STAGE: answering.run,
    supporting.STAGE: supporting.run,
    paper_mail.STAGE: paper_mail.run,
    proposing.ISSUE: issuing.run_ladder,
    issuing.STAGE: issuing.run,
}
POLL_SECONDS = 1.0  # the net below the wake-ups
PAUSE = timedelta(seconds=5)


class Worker(threading.Thread):
    """One thread that claims steps and due deliveries until it is told to stop."""

    def __init__(self, hub: Hub, number: int, stop: threading.Event, *, scans: bool = False) -> None:
        super().__init__(name=f"{'scans' if scans else 'worker'}-{number}", daemon=True)
        self._hub = hub
        self._scans = scans  # because OCR takes seconds a page, and letters with text should not wait
        self._stages = (scanning.STAGE,) if scans else tuple(STAGES.keys() - {scanning.STAGE})
        self._bell = hub.wake_scans if scans else hub.wake
        self._stop_event = stop
        self._id = f"{hub.instance}/{'scans-' if scans else ''}{number}"
        self._following: Claim | None = None  # claimed already with the last write of the document before

    def run(self) -> None:
        interrupted = False
        while self._following is not None or not self._stop_event.is_set():
            try:
                if interrupted:
                    self._take_back()
                    interrupted = False
                busy = self._once()
            except (DBAPIError, OSError) as error:
                log.warning("the database or the disk does not answer: %s", error)
                self._hub.suspect(error)
                interrupted = True
                self._stop_event.wait(1.0)
                continue
            except Exception:  # because a worker that died would stop the hub without a word
                log.exception("%s goes on after a fault outside any step", self._id)
                interrupted = True
                self._stop_event.wait(1.0)
                continue
            if not busy:
                self._bell.wait(POLL_SECONDS)

    def _take_back(self) -> None:
        """What was claimed when the database went away is due now and not when the lease ends (R8)."""
        hub, self._following = self._hub, None
        with hub.database.transaction() as connection:
            steps.release(connection, self._id, hub.now())
            deliveries.release(connection, self._id, hub.now())

    def _once(self) -> bool:
        """One step with what follows from it, then the due deliveries; False when idle."""
        hub, now = self._hub, self._hub.now()
        with hub.database.reading() as connection:
            hub.refresh_from(connection)
            claim, self._following = self._following, None
            step_due = claim is None and steps.is_due(connection, self._stages, now)
            delivery_due = claim is None and not self._scans and deliveries.is_due(connection, now)
        if step_due:
            claim = steps.claim(hub.database, self._stages, self._id, now)
        worked = claim is not None
        claimed: Claimed | None = None
        while claim is not None:
            done = perform(hub, claim, self._id)
            claim, claimed = (None, done) if isinstance(done, Claimed) else (done, None)
        if claimed is not None:
            deliver.send(hub, claimed, self._claim_following)
        elif worked or delivery_due:
            worked = deliver.run(hub, self._id) or worked
        return worked

    def _claim_following(self, connection: Connection) -> None:
        """The next step, unless the hub ends; taken back by ``run`` when its transaction was undone."""
        if not self._stop_event.is_set():
            now = self._hub.now()
            self._following = steps.claim_within(connection, self._stages, self._id, now)


def perform(hub: Hub, claim: Claim, worker: str) -> Claim | Claimed | None:
    """Do one step; what follows if it is claimed already. Failures are counted, the third parks."""
    try:
        return STAGES[claim.stage](hub, claim, worker)
    except NoReader as error:
        log.warning("%s %s waits: %s", claim.stage, claim.subject, error)
        steps.postpone(hub.database, claim, error.reason, hub.now() + PAUSE)
    except SenderUndecided as error:  # the mail is here and safe; what is asked of others may take its time
        log.warning("%s %s waits until %s: DNS is silent", claim.stage, claim.subject, error.due)
        steps.postpone(hub.database, claim, str(error), error.due)
    except ReadFailed as error:
        _failed(hub, claim, error.reason, final=not error.transient)
    except BlobDamaged as error:
        _failed(hub, claim, str(error), final=True)
    except (DBAPIError, OSError) as error:
        if hub.suspect(error):
            return None
        if isinstance(error, DBAPIError) and not passes(error):  # because the same row would fail for ever
            _failed(hub, claim, str(error.orig), final=False)
            return None
        log.warning("%s %s waits: %s", claim.stage, claim.subject, error)
        steps.postpone(hub.database, claim, str(error), hub.now() + PAUSE)
    except Exception as error:  # because one poisoned document must never block the next
        log.exception("%s %s failed", claim.stage, claim.subject)
        _failed(hub, claim, f"{type(error).__name__}: {error}", final=False)
    return None


def _failed(hub: Hub, claim: Claim, reason: str, *, final: bool) -> None:
    parked = steps.fail(hub.database, claim, reason, hub.now(), final=final)
    log.error("%s %s %s: %s", claim.stage, claim.subject, "parked" if parked else "failed", reason)
