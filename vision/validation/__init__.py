"""A camera's counts held against those of a person with a clicker: numbers beside numbers, no image anywhere."""
