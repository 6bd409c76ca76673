"""What waits for a clerk or a coordinator is mailed to them, and decided by an answer to that mail."""
