"""What a box is put under: cameras that send, faulty ones, clocks that run fast; and how it bears it."""
