"""Proof instead of trust: rows against files, numbers against gaps, the journal against tampering."""

from storage.verify.survey import Finding, Progress, Report
from storage.verify.whole import verify

__all__ = ["Finding", "Progress", "Report", "verify"]
