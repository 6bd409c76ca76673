"""The hub's HTTP listener: pages and feeds for people, and what other programs ask. FastAPI stays in here."""
