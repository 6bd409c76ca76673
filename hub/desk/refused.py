"""Why a command was not done."""


class Refused(Exception):
    """One clear sentence: what was wrong, where, what to do."""
