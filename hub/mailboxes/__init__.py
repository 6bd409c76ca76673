"""Mailboxes of the staff: issued, opened by mail programs, looked after, counted."""
