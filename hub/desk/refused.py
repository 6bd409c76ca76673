"""Why a command was not done."""


class Refused(Exception):
    """One clear sentence: what was wrong, where, what to do."""


class Denied(Refused):
    """The actor may not do this. The journal keeps that it was tried."""
