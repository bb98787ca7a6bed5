"""The pool as it is now: swimmers per lane and basin, and what is open."""
