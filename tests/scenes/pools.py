"""What a good detector would see of a synthetic pool: true boxes that tremble, and swimmers who dive."""

import numpy as np

from vision.classes import CLASS_INDEX
from vision.detections import Detections

EVERY_S = 15.0
"""Between two dives of a swimmer, on average."""


def look_at(world, size, start, looks, dives_s, seed=1):
    """Yield the detections of each tenth of a second; whoever dives is out of sight for up to `dives_s` seconds."""
    rng = np.random.default_rng(seed)
    under = {}
    for k in range(looks):
        boxes = []
        for pose in world.at(start + k / 10):
            name = id(pose.actor)
            left = under.get(name, 0.0)
            if left <= 0 and dives_s and rng.random() < 0.1 / EVERY_S:
                left = dives_s * rng.uniform(0.3, 1)
            under[name] = left - 0.1
            if left <= 0:
                x, y = world.camera.to_view(np.array([[pose.x, pose.y]]))[0] * size + rng.normal(0, 0.3, 2)
                side = world.camera.standing_height(y / size[1]) * size[1] * 0.35
                boxes.append((x - side / 2, y - side, x + side / 2, y))
        n = len(boxes)
        yield Detections(np.array(boxes).reshape(-1, 4), np.full(n, 0.9), np.full(n, CLASS_INDEX["swimmer"]))
