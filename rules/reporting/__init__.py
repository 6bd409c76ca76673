"""Periodic reports: periods, the ladder of reminders, forms and what is wrong in them."""
