// An empty plane with lines and zones, and the objects of now as dots that leave a short trail: the view of one camera,
// or by another projection the plan of several.

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
  return rightOf([line.a[0] * width, line.a[1] * height], [line.b[0] * width, line.b[1] * height]);
}

function rightOf([ax, ay], [bx, by]) {
  const length = Math.hypot(bx - ax, by - ay);
  return [-(by - ay) / length, (bx - ax) / length];
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

// How the view of one camera lies on its plane: as it is.
export const asSeen = (camera) => ({
  aspect: camera.size[0] / camera.size[1],
  at: (_, [x, y], width, height) => [x * width, y * height],
  under: () => [],
});

export class Plane {
  // A projection has an `aspect`, says where a point of a camera's view is on a plane of a width and height (null where
  // it is on none), and draws what lies under lines and zones.
  constructor(element, cameras, projection, label) {
    this.element = element;
    this.cameras = cameras;
    this.projection = projection;
    this.label = label;
    this.map = element.querySelector(".plane-map");
    this.canvas = element.querySelector(".plane-objects");
    this.trails = new Map(cameras.map(({ camera }) => [camera, []]));
    this.tint = null; // of a zone: a share of 0 to 1, for maps of heat
    this.figure = null; // and what is written on it
    element.style.aspectRatio = String(projection.aspect);
    new ResizeObserver(() => this.resize(element.clientWidth, element.clientHeight)).observe(element);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.drawObjects());
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

  at(camera, point) {
    return this.projection.at(camera, point, this.width, this.height);
  }

  drawMap() {
    if (!this.width) return;
    const { cameras, map } = this;
    const names = (noun) => cameras.flatMap((camera) => camera[noun].map((thing) => title(thing.name))).join(", ") || say("none");
    map.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    map.setAttribute("aria-label", say("map", this.label(), names("lines"), names("zones")));
    map.replaceChildren(
      ...this.projection.under(this.width, this.height),
      ...cameras.flatMap((camera) => camera.zones.map((zone) => this.zone(camera, zone))),
      ...cameras.flatMap((camera) => camera.lines.map((line) => this.line(camera, line))),
    );
  }

  zone(camera, zone) {
    const corners = zone.polygon.map((point) => this.at(camera, point)).filter((corner) => corner !== null);
    const group = svg("g", { class: `map-zone map-zone-${zone.kind}` });
    if (corners.length < 3) return group;
    const share = this.tint?.(camera, zone);
    const points = corners.map((corner) => corner.join(",")).join(" ");
    group.append(svg("polygon", { points }));
    if (share !== null && share !== undefined) group.append(svg("polygon", { points, class: "heat", "fill-opacity": 0.12 + 0.78 * share }));
    const figure = this.figure?.(camera, zone);
    if (figure) {
      const [cx, cy] = [0, 1].map((axis) => corners.reduce((sum, corner) => sum + corner[axis], 0) / corners.length);
      group.append(svg("text", { class: "map-figure", x: cx, y: cy, "text-anchor": "middle" }, figure));
    }
    const xs = corners.map(([x]) => x);
    if (Math.max(...xs) - Math.min(...xs) < zone.name.length * HALF_LETTER) return group; // no room for its name
    const y = Math.max(...corners.map((corner) => corner[1])) - MARGIN;
    group.append(svg("text", { x: middleAt(y, corners), y, "text-anchor": "middle" }, title(zone.name)));
    return group;
  }

  line(camera, line) {
    const [a, b] = [this.at(camera, line.a), this.at(camera, line.b)];
    const group = svg("g", { class: "map-line", "data-line": `${camera.camera}/${line.name}` });
    if (!a || !b) return group;
    const [fx, fy] = rightOf(a, b);
    const [mx, my] = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
    group.append(
      svg("line", { x1: a[0], y1: a[1], x2: b[0], y2: b[1] }),
      svg("circle", { cx: a[0], cy: a[1], r: 3.5 }),
      svg("circle", { cx: b[0], cy: b[1], r: 3.5 }),
      this.arrow(mx, my, fx, fy),
      this.text(title(line.name), mx, my, fx, fy),
    );
    return group;
  }

  arrow(x, y, fx, fy) {
    const angle = (Math.atan2(fy, fx) * 180) / Math.PI;
    const d = `M4 0H${ARROW - 4}M${ARROW - 11} -6L${ARROW - 3} 0L${ARROW - 11} 6`;
    return svg("path", { class: "map-arrow", d, transform: `translate(${x} ${y}) rotate(${angle})` });
  }

  // The name stands behind the line, or where there is no room beyond its arrow; never beyond the edge.
  text(text, mx, my, fx, fy) {
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

  flash(camera, lineName) {
    const group = this.map.querySelector(`[data-line="${camera}/${lineName}"]`);
    if (!group) return;
    group.classList.remove("flash");
    void group.getBoundingClientRect(); // restarts the animation
    group.classList.add("flash");
  }

  show(snapshot) {
    const trail = this.trails.get(snapshot.camera).filter((past) => past.utc <= snapshot.utc && past.utc > snapshot.utc - TRAIL_SECONDS);
    this.trails.set(snapshot.camera, [...trail, snapshot]);
    this.drawObjects();
  }

  // A camera that has gone silent says nothing of now.
  forget(camera) {
    this.trails.set(camera, []);
    this.drawObjects();
  }

  drawObjects() {
    if (!this.width) return;
    const brush = this.canvas.getContext("2d");
    this.halo = getComputedStyle(this.element).getPropertyValue("--halo");
    this.edge = getComputedStyle(this.element).getPropertyValue("--dot-edge");
    brush.clearRect(0, 0, this.width, this.height);
    for (const camera of this.cameras) this.drawTrail(brush, camera, this.trails.get(camera.camera));
    for (const camera of this.cameras) {
      for (const [name, ...point] of this.trails.get(camera.camera).at(-1)?.objects ?? []) {
        const place = this.at(camera, point);
        if (place) this.drawObject(brush, name, ...place);
      }
    }
  }

  drawTrail(brush, camera, trail) {
    for (const past of trail.slice(0, -1)) {
      brush.globalAlpha = 0.32 * (1 - (trail.at(-1).utc - past.utc) / TRAIL_SECONDS);
      for (const [name, ...point] of past.objects) {
        const place = this.at(camera, point);
        if (!place) continue;
        brush.fillStyle = SHAPES[name].colour;
        brush.beginPath();
        brush.arc(...place, 2.2, 0, 2 * Math.PI);
        brush.fill();
      }
    }
    brush.globalAlpha = 1;
  }

  drawObject(brush, name, x, y) {
    brush.save();
    brush.translate(x, y);
    brush.lineWidth = 3;
    brush.strokeStyle = this.halo;
    brush.stroke(PATHS[name]);
    brush.fillStyle = SHAPES[name].colour;
    brush.fill(PATHS[name]);
    brush.lineWidth = 0.8;
    brush.strokeStyle = this.edge;
    brush.stroke(PATHS[name]);
    brush.restore();
  }
}
