// An empty plane with the lines and zones of one camera, and the objects of now as dots that leave a short trail.

import { SHAPES, svg } from "./shapes.js";
import { say, title } from "./words.js";

const TRAIL_SECONDS = 1.6;
const ARROW = 30; // pixels, as all lengths here
const HALF_LETTER = 3.9; // half the width of a letter of a label
const MARGIN = 6;
const PATHS = Object.fromEntries(Object.entries(SHAPES).map(([name, shape]) => [name, new Path2D(shape.path)]));

// Unit vector of a line's forward direction on a plane of that size: from left to right for who stands at `a` and
// looks towards `b`. With y pointing down, the right hand of (dx, dy) is (-dy, dx).
export function forwardOf(line, width, height) {
  const dx = (line.b[0] - line.a[0]) * width;
  const dy = (line.b[1] - line.a[1]) * height;
  const length = Math.hypot(dx, dy);
  return [-dy / length, dx / length];
}

// Middle of a polygon's width at the height y.
function middleAt(y, corners) {
  const sides = corners.map((from, index) => [from, corners[(index + 1) % corners.length]]);
  const cuts = sides
    .filter(([from, to]) => from[1] < y !== to[1] < y)
    .map(([from, to]) => from[0] + ((to[0] - from[0]) * (y - from[1])) / (to[1] - from[1]));
  const across = cuts.length > 0 ? cuts : corners.map(([x]) => x);
  return (Math.min(...across) + Math.max(...across)) / 2;
}

export class Plane {
  constructor(element, camera) {
    this.camera = camera;
    this.map = element.querySelector(".plane-map");
    this.canvas = element.querySelector(".plane-objects");
    this.trail = [];
    element.style.aspectRatio = `${camera.size[0]} / ${camera.size[1]}`;
    new ResizeObserver(() => this.resize(element.clientWidth, element.clientHeight)).observe(element);
  }

  resize(width, height) {
    if (width === 0 || height === 0) return;
    [this.width, this.height] = [width, height];
    const density = window.devicePixelRatio || 1;
    this.canvas.width = width * density;
    this.canvas.height = height * density;
    this.canvas.getContext("2d").scale(density, density);
    this.drawMap();
    this.drawObjects();
  }

  drawMap() {
    if (!this.width) return;
    const { camera, map } = this;
    map.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    const names = (things) => things.map((thing) => title(thing.name)).join(", ") || say("none");
    map.setAttribute("aria-label", say("map", title(camera.camera), names(camera.lines), names(camera.zones)));
    map.replaceChildren(...camera.zones.map((zone) => this.zone(zone)), ...camera.lines.map((line) => this.line(line)));
  }

  zone(zone) {
    const corners = zone.polygon.map(([x, y]) => [x * this.width, y * this.height]);
    const group = svg("g", { class: `map-zone map-zone-${zone.kind}` });
    group.append(svg("polygon", { points: corners.map((corner) => corner.join(",")).join(" ") }));
    const y = Math.max(...corners.map((corner) => corner[1])) - MARGIN;
    group.append(svg("text", { x: middleAt(y, corners), y, "text-anchor": "middle" }, title(zone.name)));
    return group;
  }

  line(line) {
    const [ax, ay, bx, by] = [
      line.a[0] * this.width, line.a[1] * this.height, line.b[0] * this.width, line.b[1] * this.height,
    ];
    const [fx, fy] = forwardOf(line, this.width, this.height);
    const [mx, my] = [(ax + bx) / 2, (ay + by) / 2];
    const group = svg("g", { class: "map-line", "data-line": line.name });
    group.append(
      svg("line", { x1: ax, y1: ay, x2: bx, y2: by }),
      svg("circle", { cx: ax, cy: ay, r: 3.5 }),
      svg("circle", { cx: bx, cy: by, r: 3.5 }),
      this.arrow(mx, my, fx, fy),
      this.label(title(line.name), mx, my, fx, fy),
    );
    return group;
  }

  arrow(x, y, fx, fy) {
    const angle = (Math.atan2(fy, fx) * 180) / Math.PI;
    const d = `M4 0H${ARROW - 4}M${ARROW - 11} -6L${ARROW - 3} 0L${ARROW - 11} 6`;
    return svg("path", { class: "map-arrow", d, transform: `translate(${x} ${y}) rotate(${angle})` });
  }

  // The name stands behind the line, or where there is no room beyond its arrow; never beyond the edge.
  label(text, mx, my, fx, fy) {
    const half = text.length * HALF_LETTER;
    const isLevel = Math.abs(fx) < 0.5;
    const fits = (x) => x >= half + MARGIN && x <= this.width - half - MARGIN;
    const places = [-12, ARROW + 8].map((distance) => {
      const x = mx + fx * distance + (isLevel ? 0 : Math.sign(fx * distance) * half);
      return [x, my + fy * distance + (fy * distance > 0 ? 9 : 2)];
    });
    const [x, y] = places.find(([centre]) => fits(centre)) ?? places[0];
    const keptX = Math.min(Math.max(x, half + MARGIN), this.width - half - MARGIN);
    return svg("text", { x: keptX, y: Math.min(Math.max(y, 16), this.height - 8), "text-anchor": "middle" }, text);
  }

  flash(lineName) {
    const group = this.map.querySelector(`[data-line="${lineName}"]`);
    if (!group) return;
    group.classList.remove("flash");
    void group.getBoundingClientRect(); // restarts the animation
    group.classList.add("flash");
  }

  show(snapshot) {
    this.trail = this.trail.filter((past) => past.utc <= snapshot.utc && past.utc > snapshot.utc - TRAIL_SECONDS);
    this.trail.push(snapshot);
    this.drawObjects();
  }

  drawObjects() {
    const newest = this.trail.at(-1);
    if (!this.width || !newest) return;
    const brush = this.canvas.getContext("2d");
    brush.clearRect(0, 0, this.width, this.height);
    for (const past of this.trail.slice(0, -1)) {
      brush.globalAlpha = 0.32 * (1 - (newest.utc - past.utc) / TRAIL_SECONDS);
      for (const [name, x, y] of past.objects) {
        brush.fillStyle = SHAPES[name].colour;
        brush.beginPath();
        brush.arc(x * this.width, y * this.height, 2.2, 0, 2 * Math.PI);
        brush.fill();
      }
    }
    brush.globalAlpha = 1;
    for (const [name, x, y] of newest.objects) this.drawObject(brush, name, x * this.width, y * this.height);
  }

  drawObject(brush, name, x, y) {
    brush.save();
    brush.translate(x, y);
    brush.lineWidth = 3;
    brush.strokeStyle = "#ffffff";
    brush.stroke(PATHS[name]);
    brush.fillStyle = SHAPES[name].colour;
    brush.fill(PATHS[name]);
    brush.lineWidth = 0.8;
    brush.strokeStyle = "rgba(16, 33, 48, 0.55)";
    brush.stroke(PATHS[name]);
    brush.restore();
  }
}
