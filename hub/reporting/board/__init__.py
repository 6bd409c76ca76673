"""The compliance report for the board: what it says, its files, and how it is issued."""
