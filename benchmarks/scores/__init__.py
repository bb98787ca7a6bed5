"""How right counts, tracks and detections are."""
