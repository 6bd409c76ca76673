"""Is it what it claims to be: checks of mails and files against the world outside."""
