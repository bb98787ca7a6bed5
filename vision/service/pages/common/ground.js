// The ground under a camera's view: fractions of the view <-> metres, as `calibration/ground.py` and `lens.py` have it.

const NEWTON_STEPS = 8;

function inverse([[a, b, c], [d, e, f], [g, h, i]]) {
  const cofactors = [
    [e * i - f * h, c * h - b * i, b * f - c * e],
    [f * g - d * i, a * i - c * g, c * d - a * f],
    [d * h - e * g, b * g - a * h, a * e - b * d],
  ];
  const determinant = a * cofactors[0][0] + b * cofactors[1][0] + c * cofactors[2][0];
  return cofactors.map((row) => row.map((value) => value / determinant));
}

function through(matrix, [x, y]) {
  const [u, v, w] = matrix.map(([a, b, c]) => a * x + b * y + c);
  return w > 1e-9 ? [u / w, v / w] : null;
}

export class Ground {
  constructor({ homography, distortion, aspect, offset }) {
    this.homography = homography;
    this.back = inverse(homography);
    [this.k1, this.k2] = distortion;
    const half = Math.hypot(aspect, 1) / 2;
    this.scale = [aspect / half, 1 / half];
    this.offset = offset;
    const [[a, b, c], [d, e, f], [g, h, i]] = homography;
    // Seen from below: its y axis goes clockwise from its x axis.
    this.isMirrored = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g) > 0;
  }

  // Metres in the camera's own frame of a point of the view; null on and above the horizon.
  metres(point) {
    return through(this.homography, this.straight(point));
  }

  // The point of the view that shows a point of the ground; null behind the camera.
  view(metres) {
    const straight = through(this.back, metres);
    return straight && this.bent(straight);
  }

  // Metres on the site's plan.
  onPlan(point) {
    const metres = this.metres(point);
    return metres && this.offset && [metres[0] + this.offset[0], metres[1] + this.offset[1]];
  }

  factor(radius) {
    return 1 + this.k1 * radius ** 2 + this.k2 * radius ** 4;
  }

  bent([x, y]) {
    const [sx, sy] = this.scale;
    const [u, v] = [(x - 0.5) * sx, (y - 0.5) * sy];
    const factor = this.factor(Math.hypot(u, v));
    return [(u * factor) / sx + 0.5, (v * factor) / sy + 0.5];
  }

  straight([x, y]) {
    const [sx, sy] = this.scale;
    const [u, v] = [(x - 0.5) * sx, (y - 0.5) * sy];
    const seen = Math.hypot(u, v);
    let radius = seen;
    for (let step = 0; step < NEWTON_STEPS; step += 1) {
      const slope = 1 + 3 * this.k1 * radius ** 2 + 5 * this.k2 * radius ** 4;
      radius -= (radius * this.factor(radius) - seen) / Math.max(slope, 1e-9);
    }
    const factor = this.factor(radius);
    return [u / factor / sx + 0.5, v / factor / sy + 0.5];
  }
}
