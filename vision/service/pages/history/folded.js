// Rows of counts folded into the bins of a chart: hours, days or weeks of the site's own time.

import { SHAPES } from "../common/shapes.js";
import { addDays, dayOf, hourOf, mondayOf } from "../common/times.js";
import { language, say, title } from "../common/words.js";

const LINE_COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#6b6b6b"];

// What the bars are split into: {name, colour, title}, each the value of a row's column.
export function kindsOf(choices, camera) {
  if (choices.stack === "direction") {
    const line = camera.lines.find(({ name }) => name === choices.line);
    return [["forward", "var(--bar)"], ["backward", "var(--bar-other)"]]
      .map(([name, colour]) => ({ name, colour, title: line?.[name] ?? say(name) }))
      .filter(({ name }) => !choices.direction || choices.direction === name);
  }
  if (choices.stack === "line") {
    return camera.lines
      .map(({ name }, index) => ({ name, colour: LINE_COLOURS[index % LINE_COLOURS.length], title: title(name) }))
      .filter(({ name }) => !choices.line || choices.line === name);
  }
  return camera.classes.map((name) => ({ name, colour: SHAPES[name].colour, title: say(name) }))
    .filter(({ name }) => !choices.class || choices.class === name);
}

function binOf(start, by, zone) {
  if (by === "hour") return start.getTime();
  return by === "day" ? dayOf(start, zone) : mondayOf(dayOf(start, zone));
}

function wordsOf(start, by, zone) {
  const say_ = (options) => new Intl.DateTimeFormat(language, { timeZone: zone, ...options }).format(start);
  const day = { weekday: "short", day: "numeric", month: "short" };
  if (by === "hour") return [say_({ hour: "numeric" }), say_({ ...day, hour: "numeric" })];
  if (by === "day") return [say_({ weekday: "short", day: "numeric" }), say_({ ...day, weekday: "long" })];
  return [say_({ day: "numeric", month: "short" }), say("overWeek", say_({ day: "numeric", month: "long" }))];
}

function makeBin(start, { by, period }, zone, kinds) {
  const [hour, words] = wordsOf(start, by, zone);
  const isMark = by === "hour" && period !== "day" && hourOf(start, zone) === 0; // a week by the hour is marked at midnight
  const label = isMark ? wordsOf(start, "day", zone)[0] : hour;
  return {
    label, mark: isMark, title: words, values: new Map(kinds.map(({ name }) => [name, null])), shares: new Map(), future: start > Date.now(),
  };
}

// Bins of a chart. Of a bin that is not over, coverage is that of the part that is.
export function fold(rows, choices, zone, kinds) {
  const bins = new Map();
  for (const row of rows) {
    const start = new Date(row.start);
    const key = binOf(start, choices.by, zone);
    if (!bins.has(key)) bins.set(key, makeBin(start, choices, zone, kinds));
    const bin = bins.get(key);
    if (start <= Date.now()) bin.shares.set(row.start, row.coverage);
    const name = row[choices.stack];
    if (row.count !== null) bin.values.set(name, (bin.values.get(name) ?? 0) + row.count);
  }
  for (const bin of bins.values()) {
    const shares = [...bin.shares.values()];
    bin.coverage = shares.reduce((sum, share) => sum + share, 0) / Math.max(shares.length, 1);
  }
  return [...bins.values()];
}

// The last day of a period, in words with the first.
export function spanInWords(from, days, zone) {
  const at = (day) => new Date(`${day}T12:00:00Z`);
  const format = new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" });
  const last = addDays(from, days - 1);
  const words = days === 1 ? format.format(at(from)) : format.formatRange(at(from), at(last));
  return `${words} (${zone})`;
}
