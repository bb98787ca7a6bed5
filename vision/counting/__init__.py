"""Tracks become counts: one noun a file. Nothing here has ever seen a pixel."""
