// The panels of the history page: each a chart with its table, its downloads, and the question behind it.

import { Bars, tableOf } from "../common/bars.js";
import { PERIODS } from "./choices.js";
import { fold, kindsOf } from "./folded.js";
import { Refusal, address, ask, byId } from "../common/page.js";
import { addDays, iso, midnight } from "../common/times.js";
import { number, say, title } from "../common/words.js";

export class Panel {
  constructor(id) {
    this.element = byId(id);
    this.chart = this.part("chart");
  }

  part(name) {
    return this.element.querySelector(`.panel-${name}`);
  }

  note(text, ...more) {
    this.part("note").replaceChildren(text, ...more);
  }

  sum(text) {
    this.part("sum").textContent = text;
  }

  table(element) {
    this.part("table").hidden = element === null;
    this.part("rows").replaceChildren(...(element ? [element] : []));
  }

  // A link to a question, and to its answer as files.
  links(noun, asked) {
    const name = this.element.querySelector("h2").textContent;
    const link = (asked, words, label) => {
      const made = document.createElement("a");
      made.href = address(noun, asked);
      made.textContent = words;
      made.setAttribute("aria-label", `${label}: ${name}`);
      return made;
    };
    const files = ["csv", "json"].map((format) => {
      const file = link({ ...asked, format }, format.toUpperCase(), format.toUpperCase());
      file.className = "button";
      file.download = `${noun}-${asked.camera}-${asked.from.slice(0, 10)}.${format}`;
      return file;
    });
    this.part("links").replaceChildren(...files, link(asked, say("asked"), say("asked")));
  }

  // Ask, and show what comes; an answer to an older question is dropped. Linked is the question for all of it.
  async load(noun, questions, show, linked = questions[0]) {
    this.links(noun, linked);
    this.asked = questions;
    this.element.setAttribute("aria-busy", "true");
    this.note(say("loading"));
    try {
      const answers = await Promise.all(questions.map((asked) => ask(noun, asked)));
      if (this.asked !== questions) return;
      this.note("");
      show(answers);
    } catch (refusal) {
      if (this.asked === questions) this.refuse(refusal);
      if (!(refusal instanceof Refusal)) throw refusal;
    } finally {
      if (this.asked === questions) this.element.removeAttribute("aria-busy");
    }
  }

  refuse({ status, message }) {
    this.sum("");
    this.table(null);
    this.clear?.();
    if (status !== 401) {
      this.note(say("tooMuch", message));
      return;
    }
    const link = document.createElement("a");
    link.href = "sign-in.html";
    link.textContent = say("signIn");
    this.note(`${say("needsToken")} `, link);
  }
}

const spanOf = ({ from, period }, zone) => ({
  from: iso(midnight(from, zone)), to: iso(midnight(addDays(from, PERIODS[period]), zone)),
});

export const question = (choices, zone, step) => ({
  ...spanOf(choices, zone), step, camera: choices.camera, line: choices.line, direction: choices.direction, class: choices.class,
});

export class Passages extends Panel {
  constructor() {
    super("passages");
    this.bars = new Bars(this.chart, { height: 320 });
  }

  load(choices, camera, zone) {
    const weeks = PERIODS[choices.period] / 7;
    // A quarter by the hour would be too many rows for one answer: it is asked week by week.
    const questions = choices.period === "quarter"
      ? Array.from({ length: weeks }, (_, week) =>
        question({ ...choices, from: addDays(choices.from, 7 * week), period: "week" }, zone, "whole"))
      : [question(choices, zone, "1h")];
    const show = (answers) => this.show(answers.flatMap(({ rows }) => rows), choices, camera, zone);
    return super.load("counts", questions, show, question(choices, zone, choices.period === "quarter" ? "1d" : "1h"));
  }

  show(rows, choices, camera, zone) {
    const kinds = kindsOf(choices, camera);
    const bins = fold(rows, choices, zone, kinds);
    const name = `${say("passagesTitle")}, ${title(camera.camera)}`;
    const counts = rows.map(({ count }) => count).filter((count) => count !== null);
    this.bars.show(bins, kinds, name);
    this.sum(counts.length === 0 ? say("notKnown") : say("total", number(counts.reduce((sum, count) => sum + count, 0))));
    this.legend(kinds);
    this.table(tableOf(bins, kinds, name));
    this.note(bins.some(({ coverage, future }) => !future && coverage < 0.99) ? say("gap") : "");
  }

  legend(kinds) {
    this.part("legend").replaceChildren(...kinds.map(({ colour, title: words }) => {
      const item = document.createElement("li");
      const swatch = document.createElement("span");
      swatch.className = "swatch";
      swatch.style.backgroundColor = colour;
      item.append(swatch, words);
      return item;
    }));
  }

  clear() {
    this.bars.show([], [], "");
  }
}

const KMH = 5; // of a step of the histogram

export class Speeds extends Panel {
  constructor() {
    super("speeds");
    this.bars = new Bars(this.chart, { height: 260 });
  }

  load(choices, zone) {
    return super.load("speeds", [question(choices, zone, "whole")], ([{ rows }]) => this.show(rows));
  }

  show(rows) {
    const known = rows.filter(({ histogram }) => histogram?.length);
    const histogram = Array.from({ length: Math.max(0, ...known.map((row) => row.histogram.length)) }, (_, place) =>
      known.reduce((sum, row) => sum + (row.histogram[place] ?? 0), 0));
    const count = histogram.reduce((sum, one) => sum + one, 0);
    const kinds = [{ name: "count", colour: "var(--bar)", title: say("count") }];
    const bins = histogram.map((value, place) => ({
      label: String(place * KMH), title: say("kmh", place * KMH, (place + 1) * KMH), values: new Map([["count", value]]),
    }));
    this.bars.show(bins, kinds, say("speedsTitle"));
    this.table(count ? tableOf(bins, kinds, say("speedsTitle")) : null);
    this.note(count ? "" : say("noSpeeds"));
    const mean = known.reduce((sum, row) => sum + row.mean_kmh * row.count, 0) / count;
    this.sum(count ? say("speedsOf", number(Math.round(mean)), number(Math.round(this.reached(histogram, 0.85 * count)))) : "");
  }

  // The speed that so many do not exceed, evenly spread within a step.
  reached(histogram, wanted) {
    let before = 0;
    for (const [place, value] of histogram.entries()) {
      if (before + value >= wanted) return (place + (wanted - before) / value) * KMH;
      before += value;
    }
    return histogram.length * KMH;
  }

  clear() {
    this.bars.show([], [], "");
  }
}

export class Movements extends Panel {
  constructor() {
    super("movements");
  }

  load(choices, zone) {
    const asked = { ...spanOf(choices, zone), step: "whole", camera: choices.camera, class: choices.class };
    return super.load("movements", [asked], ([{ rows }]) => this.show(rows));
  }

  show(rows) {
    const sums = new Map();
    for (const { origin, destination, count } of rows) {
      const key = `${origin}/${destination}`;
      if (count !== null) sums.set(key, (sums.get(key) ?? 0) + count);
    }
    const greatest = Math.max(0, ...sums.values());
    this.note(greatest > 0 ? say("movementsNote") : say("noMovements"));
    this.sum(greatest > 0 ? say("journeys", number([...sums.values()].reduce((sum, count) => sum + count, 0))) : "");
    const gates = [...new Set(rows.map(({ origin }) => origin))];
    this.chart.replaceChildren(...(greatest > 0 ? [this.matrix(gates, sums, greatest)] : []));
  }

  matrix(gates, sums, greatest) {
    const table = document.createElement("table");
    table.createCaption().textContent = say("movementsTitle");
    const add = (row, text, scope) => {
      const cell = document.createElement(scope ? "th" : "td");
      if (scope) cell.scope = scope;
      cell.textContent = text;
      row.append(cell);
      return cell;
    };
    const head = table.createTHead().insertRow();
    add(head, `${say("origin")} ↓ ${say("destination")} →`, "col");
    for (const gate of gates) add(head, title(gate), "col");
    const body = table.createTBody();
    for (const origin of gates) {
      const row = body.insertRow();
      add(row, title(origin), "row");
      for (const destination of gates) {
        const count = sums.get(`${origin}/${destination}`) ?? null;
        add(row, number(count)).style.setProperty("--share", `${Math.round((45 * (count ?? 0)) / greatest)}%`);
      }
    }
    return table;
  }

  clear() {
    this.chart.replaceChildren();
  }
}
