"""Commands about mailboxes: issue, life, what belongs to one."""
