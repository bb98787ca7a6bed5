"""Comptage: counts people and vehicles from very low definition cameras, and lets out only numbers.

The way of a frame, which is the way through this package:

    camera ─► source ─► detector ─► │ tracker ─► counters ─► events ─►│ ledger ─► HTTP, pages
              newest    pixels      │ boxes      passages             │ one SQLite file,
              frame     end here    │ only       occupancy            │ one writer
              wins                  │            trajectories         │
              └──── vision.pixels ──┘                                 │
              └─────────────── vision.worker ─────────────────────────┘ └──── vision.serve ────┘

Left of the first bar images exist, for as long as it takes to look at them once. Between the bars there are boxes;
right of the second bar, in another process, there are numbers, names and times. `vision.recorded` goes the same way
for a file, in one process. `vision.cli` starts either.
"""
