"""What can be decided about mailboxes: whose mail goes where, who gets an address, what counts as use."""
