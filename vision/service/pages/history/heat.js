// Stops and gatherings as heat on the zones of the plane, and the traces of those who passed.

import { Ground } from "../common/ground.js";
import { Panel, question } from "./panels.js";
import { Plane, asSeen } from "../common/plane.js";
import { number, say, title } from "../common/words.js";

const MOST_TRACES = 4000;

// Points of a trajectory as fractions of the view; what lies behind the camera is left out.
export function seenPath({ unit, points }, ground) {
  return points.map(([, x, y]) => (unit === "m" ? ground?.view([x, y]) : [x, y])).filter(Boolean);
}

export class Heat extends Panel {
  constructor() {
    super("stops");
    this.planes = new Map();
  }

  // The noun that is shown: stops, gatherings or trajectories.
  get noun() {
    return this.element.querySelector("[name=heat]:checked").value;
  }

  load(choices, camera, zone) {
    this.camera = camera;
    this.setPlane();
    const { from, to } = question(choices, zone, "whole");
    const asked = { from, to, camera: camera.camera };
    const { noun } = this;
    if (noun === "trajectories") {
      return super.load(noun, [{ ...asked, limit: String(MOST_TRACES) }], ([{ rows }]) => this.showTraces(rows));
    }
    const of = noun === "stops" ? { class: choices.class } : {};
    return super.load(noun, [{ ...asked, step: "whole", ...of }], ([{ rows }]) => this.showZones(rows));
  }

  setPlane() {
    if (this.plane?.cameras[0] === this.camera) return;
    const old = this.element.querySelector(".plane");
    const fresh = old.cloneNode(true);
    old.replaceWith(fresh);
    this.plane = new Plane(fresh, [this.camera], asSeen(this.camera), () => title(this.camera.camera));
    this.plane.drawObjects = () => this.drawTraces();
    this.traces = [];
  }

  showZones(rows) {
    const counts = new Map();
    for (const { zone, count } of rows) if (count !== null) counts.set(zone, (counts.get(zone) ?? 0) + count);
    const greatest = Math.max(1, ...this.camera.zones.map(({ name }) => counts.get(name) ?? 0));
    this.plane.tint = (_, zone) => (counts.get(zone.name) ? counts.get(zone.name) / greatest : null);
    this.plane.figure = (_, zone) => (counts.has(zone.name) ? number(counts.get(zone.name)) : null);
    this.traces = [];
    this.plane.drawMap();
    this.drawTraces();
    this.table(this.zoneTable(counts, rows));
    this.sum("");
    this.note(this.camera.zones.length === 0 ? say("noZones") : [...counts.values()].some((count) => count > 0) ? "" : say("empty"));
  }

  zoneTable(counts, rows) {
    const table = document.createElement("table");
    const word = say(this.noun === "stops" ? "stopsOf" : "gatheringsOf");
    table.createCaption().textContent = word;
    const row = (part, cells, scope) => {
      const made = part.insertRow();
      cells.forEach((text, place) => {
        const cell = document.createElement(scope === "col" || place === 0 ? "th" : "td");
        if (cell.tagName === "TH") cell.scope = scope;
        cell.textContent = text;
        made.append(cell);
      });
    };
    row(table.createTHead(), [say("zone"), word, say("lasted")], "col");
    const body = table.createTBody();
    for (const zone of new Set(rows.map((one) => one.zone))) {
      const known = rows.filter((one) => one.zone === zone && one.count);
      const seconds = known.reduce((sum, one) => sum + one.mean_seconds * one.count, 0) / known.reduce((sum, one) => sum + one.count, 0);
      const lasted = known.length ? say("seconds", number(Math.round(seconds))) : "–";
      row(body, [zone ? title(zone) : say("wholeView"), number(counts.get(zone) ?? null), lasted], "row");
    }
    return table;
  }

  showTraces(rows) {
    const ground = this.camera.ground && new Ground(this.camera.ground);
    this.traces = rows.map((row) => seenPath(row, ground));
    [this.plane.tint, this.plane.figure] = [null, null];
    this.plane.drawMap();
    this.drawTraces();
    this.table(null);
    this.sum(say("tracesNote", number(rows.length)));
    this.note(rows.length ? "" : say("empty"));
  }

  drawTraces() {
    const { width, height, canvas, element } = this.plane;
    if (!width) return;
    const brush = canvas.getContext("2d");
    brush.clearRect(0, 0, width, height);
    brush.strokeStyle = getComputedStyle(element).getPropertyValue("--heat");
    brush.lineWidth = 3;
    brush.lineJoin = "round";
    brush.globalAlpha = Math.min(0.5, Math.max(0.05, 12 / Math.max(this.traces.length, 1)));
    for (const path of this.traces) {
      brush.beginPath();
      for (const [x, y] of path) brush.lineTo(x * width, y * height);
      brush.stroke();
    }
    brush.globalAlpha = 1;
  }

  clear() {
    [this.plane.tint, this.plane.figure] = [null, null];
    this.traces = [];
    this.plane.drawMap();
    this.drawTraces();
  }
}
