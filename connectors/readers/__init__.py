"""Readers: foreign bytes in, values out, inside child processes.

The hub imports only ``pool`` and ``limits`` from here. Nothing else may be
imported by this file, because the parent process must stay free of lxml,
PDFium and mail-parser: foreign bytes are parsed in children alone.
"""
