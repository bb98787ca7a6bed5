"""What is true of the people of the synthetic crossing, from their journeys alone."""

import math

import numpy as np

from vision.crossings.seen import Seen, Waiting
from vision.scenes import crossing, open_world
from vision.scenes.truth import _inside

WORLD = open_world("crossing")
BEFORE_S = 0.25
STOOD_S = 1.0


def true_seen(camera, utc):
    """Return what a camera that misses nobody would have to say of the crossing of the demo site."""
    (crossing_,) = camera.crossings
    polygons = {zone.name: np.array(zone.polygon) for zone in camera.zones}
    waits = {crossing_.kerb_a: [], crossing_.kerb_b: []}
    clearing = []
    for pose in WORLD.at(utc):
        if pose.actor.object_class != "pedestrian":
            continue
        foot = WORLD.camera.to_view(np.array([(pose.x, pose.y)]))
        at = {name for name, polygon in polygons.items() if _inside(foot, polygon)[0]}
        stood = standing_for(pose.actor.journey, utc)
        for name in at & waits.keys():
            if stood >= STOOD_S:
                waits[name].append(stood)
        speed = velocity(pose.actor.journey, utc)
        near, far = crossing.KERBS
        if at & {stage.zone for stage in crossing_.stages} and near + 0.5 <= pose.y <= far - 0.5:
            clearing.append((far - pose.y if speed > 0 else pose.y - near) / max(abs(speed), 0.4))
    a, b = (Waiting(people=len(stood), longest_s=max(stood, default=0.0)) for stood in waits.values())
    return Seen(
        utc=utc, coverage=1.0, kerb_a=a, kerb_b=b, on_crossing=len(clearing), slowest_s=max(clearing, default=0.0)
    )


def velocity(journey, utc):
    """Return m/s away from the camera just before `utc`."""
    begin = max(utc - BEFORE_S, journey.start)
    return (journey.at(utc)[1] - journey.at(begin)[1]) / max(utc - begin, 1e-9)


def standing_for(journey, utc):
    """Return for how many seconds somebody has stood where they are at `utc`; 0 if they walk."""
    x, y = journey.at(utc)[:2]
    stood = 0.0
    while stood < 100 and utc - stood > journey.start and math.dist((x, y), journey.at(utc - stood)[:2]) < 0.05:
        stood += 0.1
    return stood
