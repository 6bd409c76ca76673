"""Staff in a chat: linking, notices with buttons, short commands. No document content ever goes there."""
