// A chart of bars over time, each stacked; what was not seen is hatched, and a bar that is not known is a gap.

import { svg } from "./shapes.js";
import { number, percent, say } from "./words.js";

const LEFT = 44; // pixels, as all lengths here
const TOP = 14;
const BOTTOM = 40;
const STRIP = 6; // height of the strip that says how much was seen
const LABEL = 46; // least distance of two labels

// Steps of 1, 2 or 5 times a power of ten, at most four of them up to the greatest value.
export function ticksUpTo(greatest) {
  const rough = Math.max(greatest, 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max([1, 2, 5, 10].find((times) => times * power >= rough) * power, 1);
  return Array.from({ length: Math.ceil(Math.max(greatest, 1) / step) + 1 }, (_, index) => index * step);
}

function hatching(id) {
  const pattern = svg("pattern", { id, width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
  pattern.append(svg("rect", { width: 7, height: 7, class: "hatch-paper" }),
    svg("line", { x1: 0, y1: 0, x2: 0, y2: 7, class: "hatch-line" }));
  return pattern;
}

let charts = 0;

export class Bars {
  // `kinds` are {name, colour, title}; a bin is {label, title, coverage, values: Map of name -> number or null, usual}.
  constructor(element, { height }) {
    this.element = element;
    this.height = height;
    this.hatch = `hatch-${(charts += 1)}`;
    this.svg = svg("svg", { class: "bars", "aria-hidden": "true" }); // until there is something to tell
    element.replaceChildren(this.svg);
    new ResizeObserver(() => this.draw()).observe(element);
  }

  show(bins, kinds, title) {
    [this.bins, this.kinds, this.title] = [bins, kinds, title];
    this.draw();
  }

  draw() {
    const width = this.element.clientWidth;
    if (!width || !this.bins) return;
    const { bins, height } = this;
    this.hasMarks = bins.some(({ mark }) => mark); // else as many labels as there is room for
    const sums = bins.map((bin) => this.sum(bin));
    const ticks = ticksUpTo(Math.max(0, ...sums, ...bins.map((bin) => bin.usual ?? 0)));
    const floor = height - BOTTOM;
    this.y = (value) => floor - (value / ticks.at(-1)) * (floor - TOP);
    this.step = (width - LEFT) / bins.length;
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.svg.setAttribute("height", height);
    this.svg.setAttribute("aria-label", this.title);
    this.svg.setAttribute("role", "img");
    this.svg.removeAttribute("aria-hidden");
    this.svg.replaceChildren(
      hatching(this.hatch),
      ...ticks.flatMap((tick) => this.tick(tick, width)),
      ...bins.flatMap((bin, index) => this.bin(bin, index, sums[index], floor)),
      ...this.usual(),
    );
  }

  sum(bin) {
    const known = [...bin.values.values()].filter((value) => value !== null);
    return known.reduce((sum, value) => sum + value, 0);
  }

  tick(tick, width) {
    const y = this.y(tick);
    return [
      svg("line", { class: tick === 0 ? "axis" : "grid", x1: LEFT, x2: width, y1: y, y2: y }),
      svg("text", { class: "tick", x: LEFT - 8, y: y + 4, "text-anchor": "end" }, number(tick)),
    ];
  }

  bin(bin, index, sum, floor) {
    const x = LEFT + index * this.step;
    const gap = Math.min(this.step * 0.18, 10);
    const parts = [];
    const isKnown = [...bin.values.values()].some((value) => value !== null);
    if (!isKnown && !bin.future) {
      parts.push(svg("rect", { x, y: TOP, width: this.step, height: floor - TOP, fill: `url(#${this.hatch})` }));
    }
    let base = 0;
    for (const { name, colour } of this.kinds) {
      const value = bin.values.get(name) ?? 0;
      if (value === 0) continue;
      const y = this.y(base + value);
      const rect = { class: "bar", x: x + gap / 2, y, width: Math.max(this.step - gap, 1), height: this.y(base) - y, fill: colour };
      parts.push(svg("rect", rect));
      base += value;
    }
    if (!bin.future && bin.coverage !== undefined) parts.push(...this.strip(bin, x, floor));
    if (this.hasMarks ? bin.mark : index % Math.ceil(LABEL / this.step) === 0) {
      parts.push(svg("text", { class: "tick", x: x + this.step / 2, y: this.height - 8, "text-anchor": "middle" }, bin.label));
    }
    const whole = svg("rect", { class: "bar-hit", x, y: TOP, width: this.step, height: floor - TOP + STRIP + 4 });
    whole.append(svg("title", {}, this.words(bin, isKnown ? sum : null)));
    return [...parts, whole];
  }

  strip(bin, x, floor) {
    const width = Math.max(this.step - 1, 1);
    const y = floor + 4;
    return [
      svg("rect", { x, y, width, height: STRIP, fill: `url(#${this.hatch})` }),
      svg("rect", { class: "seen", x, y, width: width * bin.coverage, height: STRIP }),
    ];
  }

  usual() {
    const known = this.bins.map((bin, index) => [bin.usual ?? null, index]).filter(([value]) => value !== null);
    return known.map(([value, index]) => svg("line", {
      class: "usual", x1: LEFT + index * this.step + 1, x2: LEFT + (index + 1) * this.step - 1, y1: this.y(value), y2: this.y(value),
    }));
  }

  words(bin, sum) {
    const split = this.kinds.length > 1
      ? this.kinds.filter(({ name }) => bin.values.get(name)).map(({ name, title }) => `${title} ${number(bin.values.get(name))}`)
      : [];
    const usual = bin.usual === null || bin.usual === undefined ? [] : [say("usually", number(Math.round(bin.usual)))];
    const seen = bin.future || bin.coverage === undefined ? [] : [say("seenShare", percent(bin.coverage))];
    return [bin.title, sum === null ? say("notKnown") : number(sum), ...split, ...usual, ...seen].join("\n");
  }
}

// The same as a table, for those who cannot see the chart or want to read the figures.
export function tableOf(bins, kinds, caption) {
  const table = document.createElement("table");
  const head = table.createTHead().insertRow();
  const cell = (row, text, scope) => {
    const made = document.createElement(scope ? "th" : "td");
    if (scope) made.scope = scope;
    made.textContent = text;
    row.append(made);
  };
  table.createCaption().textContent = caption;
  const isOverTime = bins.some(({ coverage }) => coverage !== undefined);
  const columns = [isOverTime ? say("when") : say("speedsTitle"), ...kinds.map(({ title }) => title), ...(isOverTime ? [say("seen")] : [])];
  for (const text of columns) cell(head, text, "col");
  const body = table.createTBody();
  for (const bin of bins.filter(({ future }) => !future)) {
    const row = body.insertRow();
    cell(row, bin.title, "row");
    for (const { name } of kinds) cell(row, number(bin.values.get(name) ?? null));
    if (bin.coverage !== undefined) cell(row, percent(bin.coverage));
  }
  return table;
}
