// What one camera sees, as an empty plane: objects as the shapes of their classes, and where others were in the last
// minutes as dots that fade, like a photograph with the shutter left open, but of dots only.

import { REMEMBERED_SECONDS } from "./place.js";
import { SHAPES } from "../common/shapes.js";

const PATHS = Object.fromEntries(Object.entries(SHAPES).map(([name, shape]) => [name, new Path2D(shape.path)]));
const SHAPE_SHARE = 1 / 300; // of the plane's width, for a unit of a shape's path
const DOT_SHARE = 1 / 170;

export class Exposure {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.canvas.className = "exposure";
    this.canvas.setAttribute("role", "img");
  }

  // Draw on as much room as there is, in the view's proportions; where there are ways to show, these instead of objects.
  draw(camera, ways = []) {
    const [width, height] = camera.card.size;
    const room = this.canvas.parentElement.getBoundingClientRect();
    const scale = Math.min(room.width / width, room.height / height);
    if (!(scale > 0)) return;
    this.fit(Math.floor(width * scale), Math.floor(height * scale));
    const brush = this.canvas.getContext("2d");
    const style = getComputedStyle(this.canvas);
    brush.clearRect(0, 0, this.width, this.height);
    this.drawZones(brush, camera.card.zones, style);
    this.drawPast(brush, camera);
    this.drawLines(brush, camera.card.lines, style);
    if (ways.length > 0) {
      this.drawWays(brush, ways, style);
      return;
    }
    for (const [name, x, y] of camera.newest?.objects ?? []) this.drawObject(brush, name, x, y, style);
  }

  fit(width, height) {
    if (this.width === width && this.height === height) return;
    [this.width, this.height] = [width, height];
    const density = window.devicePixelRatio || 1;
    this.canvas.width = width * density;
    this.canvas.height = height * density;
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.canvas.getContext("2d").scale(density, density);
  }

  trace(brush, corners) {
    brush.beginPath();
    for (const [x, y] of corners) brush.lineTo(x * this.width, y * this.height);
  }

  drawZones(brush, zones, style) {
    brush.fillStyle = style.getPropertyValue("--zone");
    brush.strokeStyle = style.getPropertyValue("--zone-edge");
    brush.lineWidth = 2;
    for (const zone of zones) {
      this.trace(brush, zone.polygon);
      brush.closePath();
      brush.fill();
      brush.stroke();
    }
  }

  drawLines(brush, lines, style) {
    brush.strokeStyle = style.getPropertyValue("--line");
    brush.lineCap = "round";
    brush.lineWidth = Math.max(3, this.width / 220);
    for (const line of lines) {
      this.trace(brush, [line.a, line.b]);
      brush.stroke();
    }
  }

  drawPast(brush, { memory, newest }) {
    for (const past of memory) {
      brush.globalAlpha = Math.max(0, 0.5 * (1 - (newest.utc - past.utc) / REMEMBERED_SECONDS));
      for (const [name, x, y] of past.objects) {
        brush.fillStyle = SHAPES[name].colour;
        brush.beginPath();
        brush.arc(x * this.width, y * this.height, this.width * DOT_SHARE, 0, 2 * Math.PI);
        brush.fill();
      }
    }
    brush.globalAlpha = 1;
  }

  drawObject(brush, name, x, y, style) {
    brush.save();
    brush.translate(x * this.width, y * this.height);
    brush.scale(this.width * SHAPE_SHARE, this.width * SHAPE_SHARE);
    brush.lineJoin = "round";
    brush.lineWidth = 3.4;
    brush.strokeStyle = style.getPropertyValue("--halo");
    brush.stroke(PATHS[name]);
    brush.fillStyle = SHAPES[name].colour;
    brush.fill(PATHS[name]);
    brush.lineWidth = 0.9;
    brush.strokeStyle = style.getPropertyValue("--edge");
    brush.stroke(PATHS[name]);
    brush.restore();
  }

  // Arrows as broad as they are busy, each with its number in the list, the busiest on top.
  drawWays(brush, ways, style) {
    const most = Math.max(...ways.map(({ count }) => count));
    for (const [index, { ends, count, isStraight }] of [...ways.entries()].reverse()) {
      const points = ends.map(([x, y]) => [x * this.width, y * this.height]);
      const breadth = this.width * (0.008 + 0.02 * (count / most));
      this.drawArrow(brush, points, { breadth, bend: isStraight ? 0 : 0.3, label: String(index + 1) }, style);
    }
  }

  drawArrow(brush, [from, to], { breadth, label, ...shape }, style) {
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    const length = Math.hypot(dx, dy);
    const bend = length * shape.bend; // so that both ways between two ends are seen
    const turn = Math.atan2(-bend, length / 2); // of the curve at its end
    const tip = breadth * 2;
    brush.save();
    brush.translate(...from);
    brush.rotate(Math.atan2(dy, dx));
    brush.beginPath();
    brush.moveTo(0, 0);
    brush.quadraticCurveTo(length / 2, bend, length - tip * Math.cos(turn), -tip * Math.sin(turn));
    const line = style.getPropertyValue("--line");
    for (const [colour, width] of [[style.getPropertyValue("--halo"), breadth + 6], [line, breadth]]) {
      [brush.strokeStyle, brush.lineWidth] = [colour, width];
      brush.stroke();
    }
    brush.save();
    brush.translate(length, 0);
    brush.rotate(turn);
    brush.fillStyle = line;
    brush.fill(new Path2D(`M0 0L${-tip * 1.4} ${-tip * 0.9}V${tip * 0.9}Z`));
    brush.restore();
    brush.translate(length / 2, bend / 2);
    brush.rotate(-Math.atan2(dy, dx));
    this.drawLabel(brush, label, style);
    brush.restore();
  }

  drawLabel(brush, label, style) {
    const radius = this.width * 0.026;
    brush.beginPath();
    brush.arc(0, 0, radius, 0, 2 * Math.PI);
    brush.fillStyle = style.getPropertyValue("--halo");
    brush.fill();
    [brush.strokeStyle, brush.lineWidth] = [style.getPropertyValue("--line"), radius / 6];
    brush.stroke();
    brush.fillStyle = style.getPropertyValue("--line");
    brush.font = `800 ${radius * 1.3}px ${style.fontFamily}`;
    [brush.textAlign, brush.textBaseline] = ["center", "middle"];
    brush.fillText(label, 0, radius * 0.08);
  }
}
