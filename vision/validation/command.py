"""`comptage validate`: its options, and the procedure that goes with them."""

import argparse
from pathlib import Path

DESCRIPTION = "Hold a camera's counts against those of a person with a clicker. No image is looked at or kept."

PROCEDURE = """\
The file of counts has the columns start,end,name,what,count, and class if you like:

  start,end,name,what,count
  2026-03-01T08:00:00,,couloir-1,present,3
  2026-03-01T08:00:00,2026-03-01T08:15:00,couloir-1,lengths,58
  2026-03-01T08:00:00,2026-03-01T08:15:00,avenue,forward,212

Times without an offset are those of the site's time zone. `present` is how many are in a zone, lane or basin at
`start`, and is compared with the mean of the ten seconds around it; in a lane or basin of the ten seconds after it,
since their numbers are said five seconds late. With an `end` it is the mean over that time.
`lengths` are those swum in a lane or basin; `forward`, `backward` or `both` the passages over a line.

An hour at a pool, with `comptage run` running:
  1. Set your watch by the box: curl -sI http://127.0.0.1:8000/health | grep -i date
  2. Every two minutes, at the full minute, count the heads in each lane from one end of it, those under water too,
     and write down the minute, the lane and the number. Thirty rounds make an hour. Choose one with a crowd in it.
  3. In between, take one lane for ten minutes and click at every length; then another.
  4. Type the sheet into a CSV file and run this command. Counts by hand differ among themselves: let a second person
     count for the first ten minutes, and take their difference for the least that a camera's error can mean.
  5. At a street, click one line and direction for fifteen minutes at a time; four such make an hour.

Where the camera has a `trial` of scores in the site file, such as trial = [0.25, 0.3, 0.35, 0.4, 0.45, 0.5], it is
counted by each of them beside for that hour, from the same looks, into a ledger beside the other, called as that one is
with .trial behind. This command then says by which one the camera would have counted best: the one whose mean absolute
error of those present is least, lanes and basins alike; or where only passages or lengths were counted, theirs. Put it
down as the camera's `score`, take `trial` out, and count by hand once more for some minutes: a score that was chosen by
an hour is flattered by that hour.

MAE is the mean absolute error; error its sum over the sum by hand. GEH compares hourly flows and is not defined for
those present at once; of fifteen minutes or more, 85 % of the pairs should be below 5. What the camera did not see, or
what is no longer kept (seconds are kept for a week), is `unseen` and counts for nothing.
"""


def describe(command: argparse.ArgumentParser) -> None:
    """Give the command its text and its options."""
    command.description = DESCRIPTION
    command.epilog = PROCEDURE
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    command.add_argument("site", type=Path, metavar="SITE.toml")
    command.add_argument("--camera", help="which of the site's cameras")
    command.add_argument("--hand", type=Path, required=True, metavar="COUNTS.csv", help="counts made by hand")
    command.add_argument("--ledger", type=Path, metavar="FILE", help="instead of the one that the site file says")
    command.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw each pair of counts")
