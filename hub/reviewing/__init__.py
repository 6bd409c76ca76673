"""What waits for a unit's clerk is mailed to the clerk, and decided by an answer to that mail."""
