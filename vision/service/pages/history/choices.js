// What the history page shows, as it stands in the address, so that a view can be shared.

import { addDays, dayOf, isDay, mondayOf } from "../common/times.js";

export const PERIODS = { day: 1, week: 7, month: 28, quarter: 91 }; // days
export const STEPS = { day: ["hour"], week: ["day", "hour"], month: ["day", "week"], quarter: ["week"] };
const STACKS = ["class", "direction", "line"];

const oneOf = (found, known, otherwise) => (known.includes(found) ? found : otherwise);

// The first day of the period of a kind in which a day lies.
function beginOf(period, day) {
  if (period === "day") return day;
  return addDays(mondayOf(day), period === "week" ? 0 : 7 - PERIODS[period]);
}

// Choices that can be, whatever was asked for.
export function sound(asked, cameras, zone) {
  const camera = cameras.find((one) => one.camera === asked.camera) ?? cameras[0];
  const period = oneOf(asked.period, Object.keys(PERIODS), "day");
  const today = dayOf(Date.now(), zone);
  const from = isDay(asked.from) ? asked.from : beginOf(period, today);
  return {
    camera: camera.camera,
    line: oneOf(asked.line, camera.lines.map(({ name }) => name), ""),
    direction: oneOf(asked.direction, ["forward", "backward"], ""),
    class: oneOf(asked.class, camera.classes, ""),
    period,
    from: period === "day" ? from : mondayOf(from),
    by: oneOf(asked.by, STEPS[period], STEPS[period][0]),
    stack: oneOf(asked.stack, STACKS, "class"),
  };
}

export const fromAddress = () => Object.fromEntries(new URLSearchParams(location.search));

export function intoAddress(choices) {
  const address = new URL(location);
  for (const [name, value] of Object.entries(choices)) {
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
  }
  if (address.href !== location.href) history.pushState(null, "", address);
}

// The same choices with another period that ends where the present one ends.
export function withPeriod(choices, period) {
  const last = addDays(choices.from, PERIODS[choices.period] - 1);
  return { ...choices, period, from: beginOf(period, last), by: "" };
}

export const moved = (choices, periods) => ({ ...choices, from: addDays(choices.from, periods * PERIODS[choices.period]) });
