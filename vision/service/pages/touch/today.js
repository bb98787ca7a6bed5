// Today on the touch screen: passages of the whole place by class; of the one that is chosen, hour by hour.

import { hour, phrase } from "./phrases.js";
import { pictogram } from "./pictograms.js";
import { svg } from "../common/shapes.js";
import { Tiles, make } from "./tiles.js";
import { number, say } from "../common/words.js";

const RELOAD_SECONDS = 60;
const HOUR = 3_600_000; // milliseconds
const [WIDE, HIGH] = [1000, 330]; // of the chart

export class TodayScreen {
  constructor(place) {
    this.place = place;
    this.tiles = new Tiles(place.classes, (name) => this.choose(name));
    this.heading = make("h2", "heading");
    this.about = make("p", "about");
    this.chart = make("div", "chart");
    this.most = make("p", "most");
    this.element = make("section", "today-screen", this.heading, this.tiles.element,
      make("div", "hours", this.about, this.chart, this.most));
    this.bins = [];
    this.askedAt = 0;
    const busiest = [...place.classes].sort((one, other) => place.total(other) - place.total(one))[0];
    this.choose(busiest);
  }

  async choose(name) {
    this.chosen = name;
    this.tiles.choose(name);
    this.askedAt = performance.now();
    const bins = await this.place.hours(name).catch(() => []); // of a place that tells no hours, or not now
    if (name !== this.chosen) return;
    this.bins = bins;
    this.translate();
  }

  translate() {
    this.heading.textContent = phrase("todayHere");
    this.tiles.translate();
    this.about.replaceChildren(pictogram(this.chosen), `${say(this.chosen)} · ${phrase("hours")}`);
    this.drawChart();
    this.render("totals");
  }

  render(kind) {
    for (const name of this.place.classes) this.tiles.set(name, this.place.total(name));
    if (kind === "beat" && performance.now() - this.askedAt > RELOAD_SECONDS * 1000) this.choose(this.chosen);
  }

  drawChart() {
    const top = Math.max(0, ...this.bins.map(({ count }) => count ?? 0));
    const best = top > 0 ? this.bins.find(({ count }) => count === top) : null;
    this.most.textContent = best ? phrase("most", hour(best.start, this.place.site.timezone), number(top)) : "";
    const label = this.most.textContent || phrase("nobody");
    const chart = svg("svg", { viewBox: `-10 -50 ${WIDE + 20} ${HIGH + 105}`, role: "img", "aria-label": label });
    const hours = Math.max(24, this.bins.length); // 25 on the day on which clocks are set back
    chart.append(svg("line", { class: "axis", x1: 0, x2: WIDE, y1: HIGH, y2: HIGH }), ...marks(hours));
    const begin = Date.parse(this.place.site.today);
    for (const bin of this.bins) chart.append(bar(bin, Math.floor((bin.start - begin) / HOUR), WIDE / hours, top));
    if (best) {
      const x = (Math.floor((best.start - begin) / HOUR) + 0.5) * (WIDE / hours);
      chart.append(svg("text", { class: "bar-top", x, y: -12, "text-anchor": "middle" }, number(top)));
    }
    this.chart.replaceChildren(chart);
  }
}

function marks(hours) {
  return [0, 6, 12, 18, hours].map((at) => {
    const anchor = at === 0 ? "start" : at === hours ? "end" : "middle";
    return svg("text", { x: (at * WIDE) / hours, y: HIGH + 44, "text-anchor": anchor }, `${at === hours ? 24 : at} h`);
  });
}

function bar({ count }, place, wide, top) {
  const x = place * wide;
  if (count === null) return svg("line", { class: "unseen-hour", x1: x + 4, x2: x + wide - 4, y1: HIGH - 6, y2: HIGH - 6 });
  const height = top > 0 ? (count / top) * HIGH : 0;
  return svg("rect", { class: "bar", x: x + wide * 0.1, y: HIGH - height, width: wide * 0.8, height, rx: 4 });
}
