"""The comparison as a table and as a drawing."""

from html import escape
from math import inf

from vision.validation.comparison import Figures, Pair, Trial

PANEL = 360
MARGIN = 48
TICKS = 5
STYLE = (
    "text{font:13px sans-serif;fill:#333}.frame{fill:#f4f6f8}.same{stroke:#4a6f91;stroke-width:2}"
    ".grid{stroke:#d5dade}.point{fill:#c0392b;fill-opacity:0.55}"
)


def as_table(rows: list[Figures]) -> str:
    """Return the figures as text, a line a place; GEH is for flows and is left out of what is present at once."""
    width = max([len("name"), *(len(row.name) for row in rows)])
    kind = max([len("what"), *(len(row.what) for row in rows)])
    head = f"{'name':<{width}}  {'what':<{kind}}  pairs  unseen     hand  counted   bias    MAE  error  GEH<5"
    lines = [head]
    for row in rows:
        share = "-" if row.share is None else f"{row.share:.1%}"
        good = "-" if row.good_geh is None else f"{row.good_geh:.0%}"
        lines.append(
            f"{row.name:<{width}}  {row.what:<{kind}}  {row.compared:>5}  {row.unseen:>6}  {row.hand:>7.2f}  "
            f"{row.counted:>7.2f}  {row.bias:>+5.2f}  {row.mean_absolute_error:>5.2f}  {share:>5}  {good:>5}"
        )
    return "\n".join(lines)


def as_trials(rows: list[Trial]) -> str:
    """Return what each score that was tried would have counted, and which is the best."""
    lines = ["score  pairs  present: MAE  flows: error"]
    for row in rows:
        present = "-" if row.present is None else f"{row.present:.2f}"
        flows = "-" if row.flows is None else f"{row.flows:.1%}"
        lines.append(f"{row.score:>5g}  {row.compared:>5}  {present:>12}  {flows:>12}")
    best = min(rows, key=lambda row: row.wrong)
    said = f"score = {best.score:g}" if best.wrong < inf else "none, nothing was compared"
    lines.append(f"least wrong: {said}")
    return "\n".join(lines)


def as_svg(pairs: list[Pair]) -> str:
    """Return an SVG: each count by hand against the camera's, one panel for what is present, one for flows."""
    known = [pair for pair in pairs if pair.counted is not None]
    panels = [
        (title, [pair for pair in known if pair.hand.is_flow == is_flow])
        for title, is_flow in (("present at once", False), ("passages or lengths", True))
    ]
    panels = [panel for panel in panels if panel[1]]
    side = PANEL + 2 * MARGIN
    size = f'width="{side * max(len(panels), 1)}" height="{side}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
        f"<style>{STYLE}</style>",
        f'<rect {size} fill="#fff"/>',
    ]
    for place, (title, group) in enumerate(panels):
        parts += [f'<g transform="translate({place * side + MARGIN} {MARGIN})">', *_panel(title, group), "</g>"]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(title: str, pairs: list[Pair]) -> list[str]:
    most = max(max(pair.hand.count, pair.counted or 0.0) for pair in pairs)
    step = max(1, -int(-most // TICKS))
    top = step * TICKS
    parts = [f'<rect class="frame" width="{PANEL}" height="{PANEL}"/>', f'<text x="0" y="-14">{title}</text>']
    for tick in range(0, top + 1, step):
        at = PANEL * tick / top
        parts += [
            f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="0" y2="{PANEL}"/>',
            f'<line class="grid" y1="{PANEL - at:.1f}" y2="{PANEL - at:.1f}" x1="0" x2="{PANEL}"/>',
            f'<text x="{at:.1f}" y="{PANEL + 18}" text-anchor="middle">{tick}</text>',
            f'<text x="-8" y="{PANEL - at + 4:.1f}" text-anchor="end">{tick}</text>',
        ]
    parts.append(f'<line class="same" x1="0" y1="{PANEL}" x2="{PANEL}" y2="0"/>')
    for pair in pairs:
        x, y = PANEL * pair.hand.count / top, PANEL * (1 - (pair.counted or 0.0) / top)
        label = escape(f"{pair.hand.name} {pair.hand.what}: by hand {pair.hand.count:g}, camera {pair.counted:.2f}")
        parts.append(f'<circle class="point" cx="{x:.1f}" cy="{y:.1f}" r="4"><title>{label}</title></circle>')
    parts.append(f'<text x="{PANEL / 2}" y="{PANEL + 36}" text-anchor="middle">by hand</text>')
    parts.append(f'<text transform="translate(-30 {PANEL / 2}) rotate(-90)" text-anchor="middle">by the camera</text>')
    return parts
