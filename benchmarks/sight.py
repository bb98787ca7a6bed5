"""Whether views that are turned away are told from good ones, on a day and a night of five street cameras.

    python -m benchmarks.sight --data DATA

Every clip (one in ten minutes) is looked at once a second, again and again until the next one was taken: so the light
changes in jumps, which is harder than life. What is true was found by eye and stands below. Three clips begin with a
picture that was smeared on its way to whoever recorded it; what is not looked at of good views are those pictures.
"""

import argparse
import time
from collections import Counter, defaultdict
from pathlib import Path

import av
import cv2
import numpy as np

from vision.pixels.sight import Pixels, Sight

AWAY = {
    "04254": [(1489044433369, 1489045633608)],
    "06710": [(1489056435594, 1489063937146), (1489084641161, 1489086141539)],
}
"""By camera: from which clip to which (not included) it looked elsewhere."""
BESIDE = {
    "04254": [(1489045633608, 1489046233784)],
    "06710": [(1489063937146, 1489065737375)],
}
"""The same where it was back, but its view lay 15 to 30 pixels of 320 beside that of before."""
LONGEST_S = 600
"""A clip stands for no more than this."""


def main() -> None:
    """Print, per camera, for how long its view was good, beside or away, and for how long that was said."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder that holds jamcam/clips")
    clips: dict[str, list[tuple[int, Path]]] = defaultdict(list)
    for path in (parser.parse_args().data / "jamcam" / "clips").glob("*.mp4"):
        clips[path.name[:5]].append((int(path.stem.split("_")[2]), path))
    print("| camera | clips | view | seconds | not looked at | said to be away | first said after | CPU µs a look |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for camera in sorted(clips):
        watch(camera, sorted(clips[camera]))


def watch(camera: str, day: list[tuple[int, Path]]) -> None:
    """Look at a camera's day and print a row for each kind of view that it had."""
    sight, at, spent = Sight(), 0, 0.0
    seconds: Counter[str] = Counter()
    unseen: Counter[str] = Counter()
    said: Counter[str] = Counter()
    first: dict[str, int] = {}
    for place, (taken, path) in enumerate(day):
        frames = pictures(path)
        view = kind(camera, taken)
        gap = (day[place + 1][0] - taken) // 1000 if place + 1 < len(day) else 0
        for number in range(max(min(gap, LONGEST_S), len(frames))):
            at += 1
            began = time.thread_time()
            sees = sight.look(frames[number % len(frames)], at)
            spent += time.thread_time() - began
            seconds[view] += 1
            unseen[view] += not sees
            said[view] += sight.state != "live"
            if sight.state != "live":
                first.setdefault(view, seconds[view] - 1)
    for view, total in seconds.items():
        after = f"{first[view]} s" if view in first else "-"
        cost = f"{1e6 * spent / at:.0f}"
        print(f"| {camera} | {len(day)} | {view} | {total} | {unseen[view]} | {said[view]} | {after} | {cost} |")


def kind(camera: str, taken: int) -> str:
    """Return "good", "beside" or "away" for a clip by the milliseconds of UTC in its name."""
    for name, spans in (("away", AWAY), ("beside", BESIDE)):
        if any(start <= taken < end for start, end in spans.get(camera, ())):
            return name
    return "good"


def pictures(path: Path) -> list[Pixels]:
    """Return a picture a second, grey, of 320 x 240."""
    with av.open(str(path)) as container:
        chosen = [frame for number, frame in enumerate(container.decode(video=0)) if number % 25 == 0]
        grey = [np.asarray(frame.to_ndarray(format="gray"), np.uint8) for frame in chosen]
    return [np.asarray(cv2.resize(picture, (320, 240), interpolation=cv2.INTER_AREA), np.uint8) for picture in grey]


if __name__ == "__main__":
    main()
