"""Signalled crossings: what is seen of their people, and the advice that their controller gets of it."""
