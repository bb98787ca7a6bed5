// Where people go, on the touch screen: the busiest ways through one camera's view today, as arrows on its plane and as
// a list. They are ways between its lines and zones, and across lines from which no way leads to another.

import { phrase } from "./phrases.js";
import { pictogram } from "./pictograms.js";
import { forwardOf } from "../common/plane.js";
import { PictureScreen } from "./screens.js";
import { make } from "./tiles.js";
import { number, say, title } from "../common/words.js";

const MOST_WAYS = 4;
const MOST_CLASSES = 3;
const RELOAD_SECONDS = 60;
const REACH = 0.12; // of an arrow across a line, as a share of the plane's width

const middle = (points) => [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length);

export class WhereScreen extends PictureScreen {
  title = "whereHere";

  constructor(place) {
    const list = make("ol", "ways");
    super(place, list);
    this.list = list;
    this.movements = [];
    this.ways = [];
    this.load();
  }

  turn() {
    this.movements = [];
    super.turn();
    this.load();
  }

  async load() {
    this.askedAt = performance.now();
    const { camera } = this;
    const movements = await this.place.movements(camera).catch(() => []);
    if (camera !== this.camera) return;
    this.movements = movements;
    this.translate();
    this.render("place");
  }

  translate() {
    super.translate();
    this.renderWays();
  }

  render(kind, camera) {
    if (kind === "beat" && performance.now() - this.askedAt > RELOAD_SECONDS * 1000) this.load();
    if (kind === "totals") this.renderWays();
    super.render(kind, camera);
  }

  draw() {
    this.exposure.draw(this.camera, this.ways);
  }

  renderWays() {
    this.ways = [...this.between(), ...this.across()].sort((one, other) => other.count - one.count).slice(0, MOST_WAYS);
    const items = this.ways.map((way, place) => item(way, place + 1));
    this.list.replaceChildren(...(items.length > 0 ? items : [make("li", "way-none", phrase("nobody"))]));
  }

  between() {
    const ways = new Map();
    for (const { origin, destination, class: name, count } of this.movements) {
      const key = `${origin}/${destination}`;
      const ends = [origin, destination].map((gate) => this.gate(gate));
      const way = ways.get(key) ?? { from: title(origin), to: title(destination), ends, count: 0, classes: new Map() };
      way.count += count;
      way.classes.set(name, count);
      ways.set(key, way);
    }
    return [...ways.values()];
  }

  gate(name) {
    const { lines, zones } = this.camera.card;
    const line = lines.find((one) => one.name === name);
    return middle(line ? [line.a, line.b] : zones.find((one) => one.name === name).polygon);
  }

  across() {
    const { name, card } = this.camera;
    const gates = new Set(this.movements.flatMap(({ origin, destination }) => [origin, destination]));
    const lines = card.lines.filter((line) => !gates.has(line.name));
    return lines.flatMap((line) => ["forward", "backward"].map((direction) => {
      const counts = card.classes.map((one) => [one, this.place.day.total(name, line.name, direction, one) ?? 0]);
      const count = counts.reduce((total, [, value]) => total + value, 0);
      const names = { from: title(line.name), to: line[direction] ?? say(direction) };
      const ends = endsAcross(line, direction, ...card.size);
      return { ...names, ends, isStraight: true, count, classes: new Map(counts) };
    })).filter(({ count }) => count > 0);
  }
}

// From one side of a line to the other, the two directions beside each other.
function endsAcross(line, direction, width, height) {
  const sign = direction === "forward" ? 1 : -1;
  const [fx, fy] = forwardOf(line, width, height);
  const [x, y] = middle([line.a, line.b]).map((value, axis) => value + (sign * (line.b[axis] - line.a[axis])) / 6);
  const [dx, dy] = [sign * fx * REACH, (sign * fy * REACH * width) / height];
  return [[x - dx, y - dy], [x + dx, y + dy]];
}

function item({ from, to, count, classes }, place) {
  const arrow = make("span", "way-arrow", "→");
  const busiest = [...classes].filter(([, one]) => one > 0).sort(([, one], [, other]) => other - one);
  const who = busiest.slice(0, MOST_CLASSES).map(([name, one]) => {
    const part = make("span", "way-class", pictogram(name), number(one));
    part.setAttribute("role", "img");
    part.setAttribute("aria-label", phrase("passages", say(name), number(one)));
    return part;
  });
  return make("li", "way", make("p", "way-place", String(place)), make("p", "way-name", from, " ", arrow, " ", to),
    make("p", "way-count", number(count)), make("p", "way-classes", ...who));
}
