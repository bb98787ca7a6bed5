// Today's totals: what the ledger holds, plus what has been heard since it was asked.

import { ask } from "./page.js";

const SETTLING_SECONDS = 3; // a passage may be heard this long before the ledger has it

const keyOf = (...names) => names.join("/");

export class Day {
  constructor(start) {
    this.start = start;
    this.totals = new Map();
    this.maxima = new Map();
    this.coverages = new Map();
    this.heardAt = new Map();
  }

  // Ask the ledger for what was counted since midnight. A figure that has just grown does not go back meanwhile.
  async load() {
    const [counts, occupancy] = await Promise.all([this.ask("counts", {}), this.ask("occupancy", { class: "all" })]);
    for (const row of counts) {
      const key = keyOf(row.camera, row.line, row.direction, row.class);
      const justHeard = performance.now() - (this.heardAt.get(key) ?? -Infinity) < SETTLING_SECONDS * 1000;
      this.totals.set(key, justHeard ? Math.max(row.count ?? 0, this.totals.get(key)) : row.count);
    }
    for (const row of occupancy) this.maxima.set(keyOf(row.camera, row.zone), row.maximum);
    for (const row of [...counts, ...occupancy]) this.coverages.set(row.camera, row.coverage);
  }

  async ask(noun, filter) {
    return (await ask(noun, { from: this.start, step: "whole", ...filter })).rows;
  }

  pass(passage) {
    const key = keyOf(passage.camera, passage.line, passage.direction, passage.class);
    this.totals.set(key, (this.totals.get(key) ?? 0) + 1);
    this.heardAt.set(key, performance.now());
  }

  total(camera, line, direction, className) {
    return this.totals.get(keyOf(camera, line, direction, className)) ?? null;
  }

  maximum(camera, zone) {
    return this.maxima.get(keyOf(camera, zone)) ?? null;
  }

  coverage(camera) {
    return this.coverages.get(camera) ?? 0;
  }
}
