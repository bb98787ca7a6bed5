"""A drawing of a ground plane: its metre grid as the camera would see it on an empty plane, and the residuals."""

import numpy as np
import numpy.typing as npt

from calibration.fit import GroundFit

Floats = npt.NDArray[np.float64]

WIDTH = 800
FOOTER = 28
LINES = 12
"""Grid lines wanted in each direction, about."""
MOST_LINES = 60
STEPS_M = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
KNOTS = 65
"""Points of a grid line, which a lens may bend."""
DRAWN = 200
"""Residuals, evenly chosen where there are more."""
LONGEST = 0.1
"""Of the view, that the longest residual is drawn at most."""
MAGNIFICATIONS = (1000, 500, 200, 100, 50, 20, 10, 5, 2, 1)
STYLE = (
    "text{font:13px sans-serif;fill:#333}.grid{stroke:#9db4c8;fill:none}.axis{stroke:#4a6f91;stroke-width:2;fill:none}"
    ".horizon{stroke:#4a6f91;stroke-dasharray:6 4;fill:none}.base{stroke:#777;stroke-width:0.7}"
    ".miss{stroke:#c0392b;stroke-width:2}.seen{fill:#c0392b}"
)


def as_svg(fit: GroundFit) -> str:
    """Return an SVG of the empty view: grid lines a round number of metres apart, residuals magnified."""
    height = round(WIDTH / fit.plane.lens.aspect)
    step, grid = _grid(fit)
    magnified, misses = _misses(fit)
    size = (WIDTH, height)
    foot = f"grid {step:g} m; residuals from where a point was seen to where the plane puts it, x {magnified:g}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height + FOOTER}" width="{WIDTH}">',
        f"<style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{height + FOOTER}" fill="#fff"/>',
        f'<svg width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}">',
        f'<rect width="{WIDTH}" height="{height}" fill="#f4f6f8"/>',
        *(_polyline(line * size, style) for style, line in [*grid, ("horizon", _horizon(fit))]),
        *(_miss(*(point * size for point in points)) for points in misses),
        "</svg>",
        f'<text x="8" y="{height + 19}">{foot}</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _grid(fit: GroundFit) -> tuple[float, list[tuple[str, Floats]]]:
    """Return the metres between lines, and each line's style and points (K, 2) in the view, around the used part."""
    ground = fit.plane.metres(fit.used)
    low, high = np.nanmin(ground, axis=0), np.nanmax(ground, axis=0)
    step = next((step for step in STEPS_M if (high - low).max() <= step * LINES), STEPS_M[-1])
    low, high = np.floor(low / step) - 1, np.ceil(high / step) + 1
    lines: list[tuple[str, Floats]] = []
    for axis in (0, 1):
        along = np.linspace(low[1 - axis], high[1 - axis], KNOTS)
        for number in np.arange(low[axis], min(high[axis], low[axis] + MOST_LINES) + 1):
            points = np.empty((KNOTS, 2))
            points[:, axis], points[:, 1 - axis] = number * step, along * step
            lines.append(("grid" if number else "axis", fit.plane.view(points)))
    return step, lines


def _horizon(fit: GroundFit) -> Floats:
    """Return points (K, 2) of the view on the horizon; nan where it runs upright."""
    x = np.linspace(-0.5, 1.5, KNOTS)
    across, down, rest = fit.plane.homography[2]
    y = -(across * x + rest) / down if down else np.full_like(x, np.nan)
    return fit.plane.lens.distorted(np.column_stack((x, y)))


def _misses(fit: GroundFit) -> tuple[int, list[tuple[Floats, Floats, Floats]]]:
    """Return the magnification, and of each residual its base, where it was seen and its end as drawn (2,)."""
    chosen = np.unique(np.linspace(0, len(fit.seen) - 1, DRAWN).round().astype(np.int64))
    chosen = chosen[np.isfinite(fit.expected[chosen]).all(axis=1)]
    seen, apart = fit.seen[chosen], (fit.expected - fit.seen)[chosen]
    bases = seen if fit.bases is None else fit.bases[chosen]
    longest = float(np.hypot(*apart.T).max(initial=0.0))
    magnified = next((factor for factor in MAGNIFICATIONS if factor * longest <= LONGEST), 1)
    return magnified, list(zip(bases, seen, seen + apart * magnified, strict=True))


def _polyline(points: Floats, style: str) -> str:
    """Return a line through the points that are in the view or near it."""
    near = points[(np.abs(points - WIDTH / 2) < 2 * WIDTH).all(axis=1)]  # nan is not near
    return f'<polyline class="{style}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in near)}"/>' if len(near) else ""


def _miss(base: Floats, seen: Floats, there: Floats) -> str:
    (x, y), (base_x, base_y), (to_x, to_y) = seen, base, there
    return (
        f'<line class="base" x1="{base_x:.1f}" y1="{base_y:.1f}" x2="{x:.1f}" y2="{y:.1f}"/>'
        f'<circle class="seen" cx="{x:.1f}" cy="{y:.1f}" r="2.5"/>'
        f'<line class="miss" x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}"/>'
    )
