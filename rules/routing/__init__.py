"""Rules that coordinators edit, and the decision who gets a document."""
