"""Speed and accuracy, measured; every module prints its figures: `python -m benchmarks.NAME`."""
