"""What is locked away: how it comes there, who is told, how its bytes go for good."""
