"""Boxes become tracks: `motion` predicts, `association` pairs, `tracker` decides who lives."""
