"""Between the image plane and the ground, and the example sites under `sites/`."""
