// The sheet that one draws on: traces of those who passed, what is drawn, and a cursor for mouse, finger and keyboard.

import { onView } from "./drawing.js";
import { forwardOf } from "../common/plane.js";
import { svg } from "../common/shapes.js";
import { say, title } from "../common/words.js";

const STEP = 0.01; // of the view that an arrow key moves by; with Shift a fifth of it
const REACH = 14; // pixels within which a second click is at the same place
const ARROW = 26;

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Sheet {
  // `onPlace` is told a point placed, `onFinish` that the thing is done, `onEscape` that it is given up, `onTold` what
  // is to be said.
  constructor(element, { onPlace, onFinish, onEscape, onTold }) {
    this.element = element;
    this.svg = element.querySelector("svg");
    this.canvas = element.querySelector("canvas");
    this.cursor = [0.5, 0.5];
    this.pending = [];
    this.isDrawing = false;
    Object.assign(this, { onPlace, onFinish, onEscape, onTold });
    new ResizeObserver(() => this.resize()).observe(element);
    this.svg.addEventListener("pointermove", (event) => this.follow(event));
    this.svg.addEventListener("pointerdown", (event) => this.press(event));
    this.svg.addEventListener("pointerup", () => this.release());
    this.svg.addEventListener("dblclick", () => this.isDrawing && this.onFinish());
    this.svg.addEventListener("keydown", (event) => this.key(event));
  }

  set(camera, drawing) {
    this.drawing = drawing;
    this.element.style.aspectRatio = `${camera.size[0]} / ${camera.size[1]}`;
    this.brush = null;
    this.resize();
  }

  resize() {
    const [width, height] = [this.element.clientWidth, this.element.clientHeight];
    if (!width || !this.drawing) return;
    [this.width, this.height] = [width, height];
    [this.canvas.width, this.canvas.height] = [width, height];
    this.brush = this.canvas.getContext("2d");
    this.draw();
    this.onResize?.();
  }

  at([x, y]) {
    return [x * this.width, y * this.height];
  }

  // Heat: each foot adds a little.
  heat(feet) {
    if (!this.brush) return;
    this.brush.fillStyle = getComputedStyle(this.element).getPropertyValue("--heat");
    this.brush.globalAlpha = 0.1;
    for (const foot of feet) {
      this.brush.beginPath();
      this.brush.arc(...this.at(foot), 4, 0, 2 * Math.PI);
      this.brush.fill();
    }
  }

  draw() {
    if (!this.width) return;
    const { lines, zones } = this.drawing.state;
    const focused = document.activeElement?.dataset?.handle;
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    this.svg.replaceChildren(
      ...zones.map((zone) => this.zone(zone)),
      ...lines.map((line) => this.line(line)),
      ...this.unfinished(),
      ...this.drawing.handles.map((handle) => this.handle(handle)),
    );
    if (focused) this.svg.querySelector(`[data-handle="${focused}"]`)?.focus();
  }

  zone({ name, kind, polygon }) {
    const group = svg("g", { class: `map-zone map-zone-${kind}` });
    const corners = polygon.map((point) => this.at(point));
    const [x, y] = [0, 1].map((axis) => corners.reduce((sum, corner) => sum + corner[axis], 0) / corners.length);
    group.append(svg("polygon", { points: corners.join(" ") }), svg("text", { x, y, "text-anchor": "middle" }, title(name)));
    return group;
  }

  line(line) {
    const [[ax, ay], [bx, by]] = [this.at(line.a), this.at(line.b)];
    const [fx, fy] = forwardOf(line, this.width, this.height);
    const [mx, my] = [(ax + bx) / 2, (ay + by) / 2];
    const angle = (Math.atan2(fy, fx) * 180) / Math.PI;
    const group = svg("g", { class: "map-line" });
    const d = `M4 0H${ARROW}M${ARROW - 7} -6L${ARROW} 0L${ARROW - 7} 6`;
    group.append(
      svg("line", { x1: ax, y1: ay, x2: bx, y2: by }),
      svg("path", { class: "map-arrow", d, transform: `translate(${mx} ${my}) rotate(${angle})` }),
      svg("text", { x: mx - fx * 14, y: my - fy * 14 + 4, "text-anchor": "middle" }, title(line.name)),
    );
    return group;
  }

  handle({ noun, index, corner, at }) {
    const [x, y] = this.at(at);
    const key = `${noun}.${index}.${corner}`;
    const thing = this.drawing.state[noun][index];
    const name = noun === "points" ? `${say("drawGround")} ${index + 1}` : `${title(thing.name)} ${corner === "a" || corner === "b" ? corner : corner + 1}`;
    const circle = svg("circle", { class: `handle handle-${noun}`, cx: x, cy: y, r: 8, "data-handle": key });
    if (this.isDrawing) return circle;
    for (const [attribute, value] of [["tabindex", 0], ["role", "button"], ["aria-label", name]]) circle.setAttribute(attribute, value);
    return circle;
  }

  unfinished() {
    const [x, y] = this.at(this.cursor);
    const points = this.pending.map((point) => this.at(point));
    const cursor = svg("path", { class: "cursor", d: `M${x - 12} ${y}H${x + 12}M${x} ${y - 12}V${y + 12}` });
    return [
      svg("polyline", { class: "unfinished", points: [...points, ...(points.length ? [[x, y]] : [])].join(" ") }),
      ...points.map(([px, py]) => svg("circle", { class: "placed", cx: px, cy: py, r: 5 })),
      ...(this.isDrawing ? [cursor] : []),
    ];
  }

  toView(event) {
    const { left, top, width, height } = this.svg.getBoundingClientRect();
    return onView([(event.clientX - left) / width, (event.clientY - top) / height]);
  }

  follow(event) {
    this.cursor = this.toView(event);
    if (this.dragged) this.preview();
    else if (this.isDrawing) this.draw();
  }

  // What is dragged follows at once; it is one step of undo once it is let go.
  preview() {
    const circle = this.svg.querySelector(`[data-handle="${this.dragged.key}"]`);
    const [x, y] = this.at(this.cursor);
    circle?.setAttribute("cx", x);
    circle?.setAttribute("cy", y);
  }

  press(event) {
    this.cursor = this.toView(event);
    if (this.isDrawing) {
      this.place();
      return;
    }
    const key = event.target.dataset?.handle;
    const handle = this.drawing.handles.find(({ noun, index, corner }) => `${noun}.${index}.${corner}` === key);
    if (!handle) return;
    this.dragged = { ...handle, key };
    this.svg.setPointerCapture(event.pointerId);
  }

  release() {
    if (!this.dragged) return;
    const { dragged } = this;
    this.dragged = null;
    if (String(onView(this.cursor)) !== String(dragged.at)) this.drawing.move(dragged, this.cursor);
  }

  place() {
    const last = this.pending.at(-1);
    const [x, y] = this.at(this.cursor);
    const isSame = last && Math.hypot(x - last[0] * this.width, y - last[1] * this.height) < REACH;
    if (isSame) this.onFinish();
    else this.onPlace(this.cursor);
  }

  key(event) {
    const way = WAYS[event.key];
    const handleKey = event.target.dataset?.handle;
    if (way && handleKey && !this.isDrawing) this.nudge(handleKey, way, event.shiftKey);
    else if (way && this.isDrawing) this.step(way, event.shiftKey);
    else if (event.key === "Enter" && this.isDrawing) this.place();
    else if (event.key === "Escape") this.onEscape();
    else return;
    event.preventDefault();
  }

  step([dx, dy], isFine) {
    const step = isFine ? STEP / 5 : STEP;
    this.cursor = onView([this.cursor[0] + dx * step, this.cursor[1] + dy * step]);
    this.draw();
    this.onTold(say("placed", ...this.cursor.map((share) => Math.round(share * 100))));
  }

  nudge(key, [dx, dy], isFine) {
    const handle = this.drawing.handles.find(({ noun, index, corner }) => `${noun}.${index}.${corner}` === key);
    const step = isFine ? STEP / 5 : STEP;
    this.drawing.move(handle, [handle.at[0] + dx * step, handle.at[1] + dy * step]);
  }
}
