// Today hour by hour, beside the usual day: the mean of the same weekday of the last weeks, as far as they were seen.

import { ask } from "../common/page.js";
import { addDays, dayOf, hourOf, iso, midnight } from "../common/times.js";

const WEEKS = 4;
const SEEN = 0.9; // an hour of which less was seen is neither usual nor compared

// Sums of all lines, directions and classes by the bins of an answer: [{start, count or null, coverage}].
export function sumsByBin(rows) {
  const bins = new Map();
  for (const { start, end, count, coverage } of rows) {
    const bin = bins.get(start) ?? { start: new Date(start), end: new Date(end), count: null, coverage };
    if (count !== null) bin.count = (bin.count ?? 0) + count;
    bins.set(start, bin);
  }
  return [...bins.values()];
}

async function hoursOf(camera, day, zone, until) {
  const to = until ?? midnight(addDays(day, 1), zone);
  const { rows } = await ask("counts", { from: iso(midnight(day, zone)), to: iso(to), step: "1h", camera });
  return sumsByBin(rows);
}

const mean = (values) => (values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length);

export class Usual {
  constructor(camera, zone) {
    this.camera = camera;
    this.zone = zone;
    this.hours = null; // of today: {start, end, count, coverage, usual}
  }

  async load() {
    const today = dayOf(Date.now(), this.zone);
    if (today !== this.today) {
      const days = Array.from({ length: WEEKS }, (_, week) => addDays(today, -7 * (week + 1)));
      this.past = await Promise.all(days.map((day) => hoursOf(this.camera, day, this.zone)));
      this.today = today;
    }
    const hours = await hoursOf(this.camera, today, this.zone);
    this.hours = hours.map((hour) => ({ ...hour, usual: this.usualAt(hourOf(hour.start, this.zone)) }));
  }

  // One more is heard now; the ledger will say so too when it is asked again.
  pass() {
    const now = this.hours?.find(({ start, end }) => start <= new Date() && new Date() < end);
    if (now) now.count = (now.count ?? 0) + 1;
  }

  usualAt(hour) {
    const seen = this.past.map((hours) => hours.filter(({ start, coverage }) => coverage >= SEEN && hourOf(start, this.zone) === hour));
    return mean(seen.filter((found) => found.length > 0).map(([{ count }]) => count));
  }

  // How many weeks tell of the usual day.
  get weeks() {
    return this.past.filter((hours) => hours.some(({ coverage }) => coverage >= SEEN)).length;
  }

  // Passages since midnight over the usual ones, of the hours that are over and were seen; null where there are none.
  get ratio() {
    const over = this.hours.filter(({ end, coverage, usual }) => end <= new Date() && coverage >= SEEN && usual !== null);
    const usual = over.reduce((sum, hour) => sum + hour.usual, 0);
    return usual > 0 ? over.reduce((sum, { count }) => sum + count, 0) / usual : null;
  }
}
