"""Scans: pages without text made into words with places, in the reading children."""
