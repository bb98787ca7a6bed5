"""A seeded renderer of swimming pools, and the training of `models/pool` on what it draws.

`scene` puts the rooms together: `ranges` says what may be drawn, `camera` where from; `basin`, `room` and
`surroundings` what stands there, `water` what moves without being anybody; `swimmers` who is where, `bodies` how they
look; `sensor` what a cheap camera makes of it. Metres, seconds; x across the lanes, y along them, z up, the surface of
the water at 0.
"""
