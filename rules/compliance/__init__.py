"""The directive's obligations as measures: pure functions of what the hub counted and what was answered."""
