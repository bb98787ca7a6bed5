// <comptage-counter> and <comptage-chart> on any web page: passages of today, as a number and hour by hour.
// Copied elsewhere, this file wants lanes.js beside it.

import { Piece, define, make, sheet, sum, title } from "./lanes.js";

const SETTLING_SECONDS = 3; // a passage may be heard this long before the ledger has it

const WORDS = {
  fr: {
    pedestrian: "Piétons", bicycle: "Vélos", motorcycle: "Deux-roues motorisés", car: "Voitures", truck: "Camions",
    bus: "Bus", swimmer: "Nageurs", all: "Passages", today: "aujourd’hui", hour: "depuis une heure",
    unseen: "non observé", place: (zone) => `Heure de ${zone}`, most: (hour, count) => `Le plus : ${count}, dès ${hour}`,
    from: "De", count: "Nombre",
  },
  en: {
    pedestrian: "Pedestrians", bicycle: "Bicycles", motorcycle: "Motorbikes", car: "Cars", truck: "Trucks",
    bus: "Buses", swimmer: "Swimmers", all: "Passages", today: "today", hour: "in the last hour",
    unseen: "not observed", place: (zone) => `${zone} time`, most: (hour, count) => `Most: ${count}, from ${hour}`,
    from: "From", count: "Number",
  },
};

const STYLE = sheet(`
.figure { font-size: 3.2em; font-weight: 750; line-height: 1.1; font-variant-numeric: tabular-nums; color: var(--accent); }
.old .figure { color: var(--soft); }
.bar { fill: var(--accent); }
.axis, .blind { stroke: var(--soft); }
.blind { stroke-dasharray: 2 3; }
text { fill: var(--soft); font-size: 13px; font-variant-numeric: tabular-nums; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`);

// What both have in common: which passages they are about.
class Passages extends Piece {
  static styles = [...Piece.styles, STYLE];
  static words = { fr: { ...Piece.words.fr, ...WORDS.fr }, en: { ...Piece.words.en, ...WORDS.en } };

  get filter() {
    const names = ["camera", "line", "class", "direction"].filter((name) => this.getAttribute(name));
    return Object.fromEntries(names.map((name) => [name, this.getAttribute(name)]));
  }

  get label() {
    const [line, name] = [this.getAttribute("line"), this.getAttribute("class")];
    return [this.tell(name in WORDS.en ? name : "all"), line && title(line)].filter(Boolean).join(" · ");
  }
}

class Counter extends Passages {
  value = null;

  get period() {
    return this.getAttribute("period") === "hour" ? "hour" : "today";
  }

  async load() {
    const newest = Math.max(0, ...this.cameras.map((card) => card.since ?? 0)) || Date.now();
    const from = this.period === "hour" ? new Date(newest - 3_600_000).toISOString() : this.feed.site.today;
    const { rows } = await this.feed.get("counts", { ...this.filter, from, step: "whole" });
    const known = rows.map((row) => row.count).filter((count) => count !== null);
    const total = known.length ? sum(known) : null;
    const justHeard = performance.now() - this.heardAt < SETTLING_SECONDS * 1000;
    this.value = justHeard ? Math.max(total, this.value) : total;
  }

  pass(passage) {
    if (Object.entries(this.filter).some(([name, wanted]) => passage[name] !== wanted)) return;
    this.heardAt = performance.now();
    this.value += 1;
    this.render();
  }

  state() {
    return [this.value, this.label, this.period];
  }

  draw() {
    return [
      make("p", { class: "label" }, this.label),
      make("p", { class: "figure" }, this.number(this.value)),
      make("p", { class: "soft" }, this.tell(this.period)),
    ];
  }
}

class Chart extends Passages {
  bins = [];

  async load() {
    const step = this.getAttribute("step") || "1h";
    const { rows } = await this.feed.get("counts", { ...this.filter, from: this.feed.site.today, step });
    const bins = new Map(rows.map((row) => [row.start, null]));
    for (const { start, count } of rows) if (count !== null) bins.set(start, bins.get(start) + count);
    this.bins = [...bins].map(([start, count]) => ({ start: Date.parse(start), count }));
  }

  state() {
    return [this.bins, this.label];
  }

  draw() {
    const { bins } = this;
    const hour = (bin) => this.time(bin.start);
    const zone = make("p", { class: "soft" }, this.tell("place", this.feed.site.timezone.split("/").at(-1).replaceAll("_", " ")));
    const head = make("p", { class: "label" }, `${this.label} · ${this.tell("today")}`);
    if (bins.length === 0) return [head, zone];
    const top = Math.max(1, ...bins.map((bin) => bin.count ?? 0));
    const [wide, high] = [Math.min(40, 480 / bins.length), 140];
    const picture = make("svg", { viewBox: "-34 -12 520 176", "aria-hidden": "true" },
      make("text", { x: -6, y: 4, "text-anchor": "end" }, this.number(top)),
      make("text", { x: -6, y: high, "text-anchor": "end" }, "0"),
      make("line", { class: "axis", x1: 0, y1: high, x2: 480, y2: high }));
    bins.forEach((bin, index) => {
      const x = index * wide;
      const tall = ((bin.count ?? 0) / top) * high;
      picture.append(bin.count === null
        ? make("line", { class: "blind", x1: x + 1, x2: x + wide - 1, y1: high - 4, y2: high - 4 })
        : make("rect", { class: "bar", x: x + wide * 0.1, width: wide * 0.8, y: high - tall, height: tall }));
      if (index % Math.ceil(bins.length / 7) === 0) picture.append(make("text", { x, y: high + 18 }, hour(bin)));
    });
    const best = bins.find((bin) => bin.count === top);
    const most = best ? [make("p", { class: "soft" }, this.tell("most", hour(best), this.number(top)))] : [];
    return [head, picture, this.table(hour), ...most, zone];
  }

  table(hour) {
    const row = (cell, ...texts) => make("tr", {}, ...texts.map((text) => make(cell, {}, text)));
    return make("table", { class: "unseen" }, row("th", this.tell("from"), this.tell("count")), ...this.bins.map((bin) =>
      row("td", hour(bin), bin.count === null ? this.tell("unseen") : this.number(bin.count))));
  }
}

define("counter", Counter);
define("chart", Chart);
