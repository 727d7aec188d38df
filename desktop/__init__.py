"""Glabella: chart a botulinum-toxin session for chronic migraine, and print its note."""

__version__ = "0.1.0"
