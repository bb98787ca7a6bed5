// The plan of a site, in metres: how the views of cameras that share a ground lie beside each other, and on the map.

import { Ground } from "../common/ground.js";
import { svg } from "../common/shapes.js";
import { number, say } from "../common/words.js";

const MARGIN_M = 4;
const FARTHEST_M = 300; // from the nearest ground: beyond, a view is too close to its horizon to be drawn
const WIDEST = 2.4;
const NARROWEST = 0.9;
const BAR = 120; // pixels that the scale may take

export const onPlan = (cameras) => cameras.filter(({ ground }) => ground?.offset);

// What a view shows of the ground: its edge, from the bottom up to where the ground ends.
function footprint(ground) {
  const edge = [...Array(21).keys()].map((step) => step / 20);
  const sides = [
    ...edge.map((x) => [x, 1]), ...edge.map((y) => [1, 1 - y]), ...edge.map((x) => [1 - x, 0]), ...edge.map((y) => [0, y]),
  ];
  const [nx, ny] = ground.onPlan([0.5, 1]);
  return sides.map((point) => ground.onPlan(point))
    .filter((place) => place && Math.hypot(place[0] - nx, place[1] - ny) < FARTHEST_M);
}

export class PlanProjection {
  // `map` has the three corners of the drawing, or is null.
  constructor(cameras, map) {
    this.grounds = new Map(cameras.map(({ camera, ground }) => [camera, new Ground(ground)]));
    this.map = map;
    this.isDown = [...this.grounds.values()].some((ground) => ground.isMirrored);
    const drawn = cameras.flatMap((camera) => {
      const ground = this.grounds.get(camera.camera);
      const points = [...camera.lines.flatMap(({ a, b }) => [a, b]), ...camera.zones.flatMap(({ polygon }) => polygon)];
      return points.map((point) => ground.onPlan(point)).filter(Boolean);
    });
    const last = map ? [[map[1][0] + map[2][0] - map[0][0], map[1][1] + map[2][1] - map[0][1]]] : [];
    const found = map ? [...map, ...last] : [...drawn, ...(drawn.length < 3 ? [...this.grounds.values()].flatMap(footprint) : [])];
    const [xs, ys] = [found.map(([x]) => x), found.map(([, y]) => y)];
    this.box = [Math.min(...xs) - MARGIN_M, Math.min(...ys) - MARGIN_M, Math.max(...xs) + MARGIN_M, Math.max(...ys) + MARGIN_M];
    const [x0, y0, x1, y1] = this.box;
    this.aspect = Math.min(Math.max((x1 - x0) / (y1 - y0), NARROWEST), WIDEST);
  }

  scale(width, height) {
    const [x0, y0, x1, y1] = this.box;
    return Math.min(width / (x1 - x0), height / (y1 - y0));
  }

  place([x, y], width, height) {
    const [x0, y0, x1, y1] = this.box;
    const scale = this.scale(width, height);
    const down = (this.isDown ? 1 : -1) * (y - (y0 + y1) / 2) * scale;
    return [width / 2 + (x - (x0 + x1) / 2) * scale, height / 2 + down];
  }

  at(camera, point, width, height) {
    const metres = this.grounds.get(camera.camera).onPlan(point);
    return metres && this.place(metres, width, height);
  }

  under(width, height) {
    const parts = [];
    if (this.map) {
      const [origin, right, down] = this.map.map((corner) => this.place(corner, width, height));
      const matrix = [right[0] - origin[0], right[1] - origin[1], down[0] - origin[0], down[1] - origin[1], ...origin];
      parts.push(svg("image", { href: "map", width: 1, height: 1, preserveAspectRatio: "none", transform: `matrix(${matrix.join(" ")})` }));
    }
    for (const ground of this.grounds.values()) {
      const points = footprint(ground).map((place) => this.place(place, width, height).join(",")).join(" ");
      parts.push(svg("polygon", { points, class: "map-view" }));
    }
    parts.push(this.bar(width, height));
    return parts;
  }

  bar(width, height) {
    const scale = this.scale(width, height);
    const metres = [200, 100, 50, 20, 10, 5, 2, 1].find((length) => length * scale <= BAR) ?? 1;
    const [x, y] = [14, height - 14];
    const group = svg("g", { class: "map-bar" });
    group.append(svg("path", { d: `M${x} ${y - 5}V${y}H${x + metres * scale}V${y - 5}` }),
      svg("text", { x: x + (metres * scale) / 2, y: y - 8, "text-anchor": "middle" }, say("metres", number(metres))));
    return group;
  }
}
