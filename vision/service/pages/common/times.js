// Days and hours of the site's own time zone. A day is named as "2026-03-01".

const MINUTE = 60_000;

function partsAt(instant, zone) {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
    second: "2-digit",
  });
  return Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]));
}

// Milliseconds by which the zone's clocks are ahead of UTC at an instant.
function offsetAt(instant, zone) {
  const { year, month, day, hour, minute, second } = partsAt(instant, zone);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
}

export function dayOf(instant, zone) {
  const { year, month, day } = partsAt(instant, zone);
  return `${year}-${month}-${day}`;
}

export const hourOf = (instant, zone) => Number(partsAt(instant, zone).hour);

// When a day begins: an offset is tried, and again the one that holds there.
export function midnight(day, zone) {
  const flat = Date.parse(`${day}T00:00:00Z`);
  const near = flat - offsetAt(flat, zone);
  return new Date(flat - offsetAt(near, zone));
}

export function addDays(day, days) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 1440 * MINUTE).toISOString().slice(0, 10);
}

// The Monday of a day's week.
export function mondayOf(day) {
  return addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
}

export const isDay = (text) => /^\d{4}-\d\d-\d\d$/.test(text ?? "") && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));

export const iso = (instant) => new Date(instant).toISOString().replace(".000Z", "Z");

// "Europe/Paris, UTC+1"
export function zoneName(instant, zone) {
  const minutes = Math.round(offsetAt(instant, zone) / MINUTE);
  const rest = Math.abs(minutes) % 60;
  const sign = minutes < 0 ? "−" : "+";
  const hours = `${sign}${Math.floor(Math.abs(minutes) / 60)}${rest ? `:${String(rest).padStart(2, "0")}` : ""}`;
  return zone === "UTC" ? "UTC" : `${zone}, UTC${hours}`;
}
