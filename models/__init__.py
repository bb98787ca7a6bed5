"""The detectors there are: `catalogue`, and a folder a model with its card and licence."""
