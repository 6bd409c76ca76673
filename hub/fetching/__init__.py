"""Mail fetched from other people's servers: its accounts, what is remembered of them, who is told."""
