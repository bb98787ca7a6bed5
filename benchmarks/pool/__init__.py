"""Pools that are drawn, real pictures of swimmers, and how rightly they are counted."""
