"""SUMO's own actuated signals for the junction: vehicles' gaps lengthen the greens, people are served in every cycle.

SUMO's type `actuated` knows no push buttons: a phase in which people walk comes in each cycle, for at least as long as
it says. Its other settings are SUMO's own.
"""

from benchmarks.signals.junction import Lights, SafetyTimes
from benchmarks.signals.network import Network

AVENUE_MAX_S, STREET_MAX_S = 60.0, 30.0


def actuated(network: Network, times: SafetyTimes) -> str:
    """Return the program, with the same safety times as everybody keeps."""
    after_walk = times.clearance_long - times.intergreen
    phases = (
        (Lights("G", "r", long=False, short=True), times.avenue_min, AVENUE_MAX_S),
        (Lights("G", "r", long=False, short=False), times.short_first, times.short_first),
        (Lights("y", "r", long=False, short=False), times.yellow, times.yellow),
        (Lights("r", "r", long=False, short=False), times.all_red, times.all_red),
        (Lights("r", "G", long=True, short=False), times.walk_min, STREET_MAX_S),
        (Lights("r", "G", long=False, short=False), after_walk, after_walk),
        (Lights("r", "y", long=False, short=False), times.yellow, times.yellow),
        (Lights("r", "r", long=False, short=False), times.all_red, times.all_red),
    )
    lines = [
        f'<phase duration="{least}" minDur="{least}" maxDur="{most}"'
        f' state="{lights.state(network.links, network.yields)}"/>'
        for lights, least, most in phases
    ]
    return "\n".join(('<tlLogic id="C" type="actuated" programID="own" offset="0">', *lines, "</tlLogic>"))
