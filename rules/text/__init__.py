"""Vietnamese text: folding for search, legacy encodings, and the gate for untrusted strings."""
