"""Footage of which the truth is known, and what is true of it."""
