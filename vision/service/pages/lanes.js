// <comptage-lanes> on any web page: who swims where, now. This one file is enough, also copied elsewhere.
// `src` is the address of the box; without it, where this file came from. counters.js builds on the same parts.

const HOME = new URL(".", import.meta.url).href;
const OLD_SECONDS = 15;
const POLL_SECONDS = 10; // without a live stream
const RELOAD_SECONDS = 60;
const FULL = 8; // swimmers at which a lane is deepest in colour

const WORDS = {
  fr: {
    lane: (name) => `Ligne d’eau ${name}`, lanes: "Dans les lignes d’eau", noLanes: "Aucune ligne d’eau ici",
    now: "en ce moment", closed: "fermée", old: (time) => `Pas de données depuis ${time}`, never: "Pas encore de données",
    some: (blind, all) => `${blind} caméra${blind > 1 ? "s" : ""} sur ${all} sans données`,
    unreachable: "Données indisponibles",
  },
  en: {
    lane: (name) => `Lane ${name}`, lanes: "In the lanes", noLanes: "No lane here",
    now: "now", closed: "closed", old: (time) => `No data since ${time}`, never: "No data yet",
    some: (blind, all) => `${blind} of ${all} cameras without data`,
    unreachable: "Data unavailable",
  },
};

export function sheet(rules) {
  const style = new CSSStyleSheet(); // which a page's policy against inline styles lets pass
  style.replaceSync(rules);
  return style;
}

const STYLE = sheet(`
:host { --ink: var(--comptage-ink, light-dark(#10212f, #eef3f6)); --soft: var(--comptage-soft, light-dark(#4a5a66, #b4c2cc));
  --paper: var(--comptage-paper, light-dark(#ffffff, #14212c)); --accent: var(--comptage-accent, light-dark(#0072b2, #6fc3f2));
  --rule: var(--comptage-rule, light-dark(#d5dade, #3a4b58)); display: block; box-sizing: border-box; padding: 1em;
  border: 1px solid var(--rule); border-radius: var(--comptage-radius, 10px); color: var(--ink); background: var(--paper);
  font-family: var(--comptage-font, inherit); line-height: 1.3; font-variant-numeric: tabular-nums; text-align: start; }
:host([hidden]) { display: none; }
p { margin: 0; }
.label, .note { font-weight: 650; }
.soft { color: var(--soft); font-size: 0.9em; }
.note { margin-top: 0.4em; }
.note:empty { display: none; }
svg { display: block; width: 100%; height: auto; margin-top: 0.5em; overflow: visible; }
.lane { fill: var(--accent); }
.dot { fill: var(--ink); stroke: var(--paper); stroke-width: 2; }
.sign, .water { fill: var(--paper); stroke: var(--ink); stroke-width: 1.5; }
.lane-count { font-size: 20px; font-weight: 750; fill: var(--ink); text-anchor: middle; }
.old { filter: grayscale(1); }
ul { list-style: none; margin: 0.6em 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: 0.2em 1.2em; }
`);

export function make(name, attributes = {}, ...children) {
  const element = name in SHAPES ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}
const SHAPES = { svg: 1, g: 1, rect: 1, line: 1, polygon: 1, circle: 1, text: 1 };

export const title = (name) => (name.charAt(0).toUpperCase() + name.slice(1)).replaceAll("-", " ");
export const sum = (values) => values.reduce((total, value) => total + value, 0);

// What one box says, for all pieces of a page: one live stream, or else a question every few seconds.
class Feed {
  static all = new Map();

  static of(source) {
    if (!Feed.all.has(source)) Feed.all.set(source, new Feed(source));
    return Feed.all.get(source);
  }

  constructor(source) {
    this.source = source;
    this.pieces = new Set();
    this.cameras = new Map();
    this.trouble = "";
  }

  join(piece) {
    this.pieces.add(piece);
    this.timer ??= setInterval(() => this.beat(), 1000);
    if (this.pieces.size === 1) this.ask();
    else if (this.site) piece.reload();
  }

  leave(piece) {
    this.pieces.delete(piece);
    if (this.pieces.size > 0) return;
    clearInterval(this.timer);
    this.stream?.close();
    Feed.all.delete(this.source);
  }

  async get(noun, asked = {}) {
    const answer = await fetch(`${this.source}api/v1/${noun}?${new URLSearchParams(asked)}`, {
      headers: { Accept: "application/json" },
    });
    const body = await answer.json();
    if (!answer.ok) throw new RangeError(body.detail);
    return body;
  }

  async ask() {
    this.askedAt = performance.now();
    try {
      const [{ sites: [site] }, { cameras }] = await Promise.all([this.get("sites"), this.get("cameras")]);
      this.site = site;
      for (const card of cameras) this.hear(card, card.ready, Date.parse(card.last_seen));
      if (this.pieces.size > 0 && (!this.stream || this.stream.readyState === EventSource.CLOSED)) this.listen();
      this.trouble = "";
      for (const piece of this.pieces) piece.reload();
    } catch {
      this.trouble = "unreachable";
    }
    for (const piece of this.pieces) piece.render();
  }

  // Ages are told by this machine's clock, times by the box's.
  hear(news, isFresh, utc) {
    const camera = { heardAt: -Infinity, since: null, ...this.cameras.get(news.camera), ...news };
    if (isFresh) camera.heardAt = performance.now();
    if (utc) camera.since = utc;
    this.cameras.set(news.camera, camera);
  }

  listen() {
    this.stream?.close();
    this.stream = new EventSource(`${this.source}api/v1/live`);
    this.stream.addEventListener("snapshot", ({ data }) => {
      const { camera, utc, objects, zones } = JSON.parse(data);
      this.hear({ camera, objects, now: zones }, true, utc * 1000);
      for (const piece of this.pieces) piece.show?.();
    });
    this.stream.addEventListener("state", ({ data }) => {
      const { camera, state } = JSON.parse(data);
      this.hear({ camera, state }, false, null);
    });
    this.stream.addEventListener("passage", ({ data }) => {
      for (const piece of this.pieces) piece.pass?.(JSON.parse(data));
    });
  }

  get isLive() {
    return this.stream?.readyState === EventSource.OPEN;
  }

  beat() {
    const seconds = (performance.now() - this.askedAt) / 1000;
    if (seconds >= (this.isLive ? RELOAD_SECONDS : POLL_SECONDS)) this.ask();
    for (const piece of this.pieces) piece.render();
  }
}

// What all pieces have in common: whom they ask, their language, and how old what they show is.
export class Piece extends HTMLElement {
  static styles = [STYLE];
  static words = WORDS;
  static observedAttributes = ["src", "camera", "line", "class", "direction", "period", "step", "lang"];

  connectedCallback() {
    if (!this.shadowRoot) {
      this.attachShadow({ mode: "open" }).adoptedStyleSheets = this.constructor.styles;
      this.body = make("div");
      this.note = make("p", { class: "note", role: "status" });
      this.shadowRoot.append(this.body, this.note);
    }
    this.said = null;
    this.feed = Feed.of(new URL(this.getAttribute("src") || HOME, document.baseURI).href.replace(/\/?$/, "/"));
    this.feed.join(this);
    this.render();
  }

  disconnectedCallback() {
    this.feed?.leave(this);
    this.feed = null;
  }

  attributeChangedCallback(name, before) {
    if (!this.isConnected || !this.feed || before === this.getAttribute(name)) return;
    this.disconnectedCallback();
    this.connectedCallback();
  }

  get language() {
    const tag = this.closest("[lang]")?.lang || navigator.language;
    return tag.startsWith("fr") ? "fr" : "en";
  }

  tell(key, ...values) {
    const words = this.constructor.words[this.language][key];
    return typeof words === "function" ? words(...values) : words;
  }

  number(value) {
    return value === null ? "–" : new Intl.NumberFormat(this.language).format(value);
  }

  // "14 h 05" in French, "14:05" in English, where the place is; with the day where it is another one.
  time(utc, options = { hour: "2-digit", minute: "2-digit" }) {
    const zone = this.feed.site.timezone;
    const format = (more) => new Intl.DateTimeFormat(this.language === "fr" ? "fr" : "en-GB", { timeZone: zone, ...more });
    const day = format({ dateStyle: "long" });
    const told = format({ hourCycle: "h23", ...options }).format(utc);
    const hour = this.language === "fr" ? told.replace(":", "\u00a0h\u00a0") : told;
    return day.format(utc) === day.format(Date.now()) ? hour : `${hour} (${day.format(utc)})`;
  }

  get cameras() {
    const [camera, line] = [this.getAttribute("camera"), this.getAttribute("line")];
    return [...this.feed.cameras.values()].filter((card) =>
      (!camera || card.camera === camera) && (!line || card.lines.some(({ name }) => name === line)));
  }

  async reload() {
    try {
      await this.load();
      this.trouble = "";
    } catch (error) {
      this.trouble = error instanceof RangeError ? error.message : "";
    }
    if (this.feed) this.render();
  }

  render() {
    const all = this.feed.site ? this.cameras : [];
    const blind = all.filter((card) => !isFresh(card));
    const isOld = this.feed.trouble !== "" || (this.feed.site !== undefined && blind.length === all.length);
    this.body.classList.toggle("old", isOld || this.trouble !== "");
    const note = this.trouble || this.tellAge(all, blind);
    if (this.note.textContent !== note) this.note.textContent = note;
    if (!this.feed.site) return;
    const said = JSON.stringify([this.language, this.state()]);
    if (said === this.said) return;
    this.said = said;
    this.body.replaceChildren(...this.draw());
  }

  tellAge(all, blind) {
    if (!this.feed.site) return this.feed.trouble && this.tell(this.feed.trouble);
    if (blind.length < all.length) return blind.length ? this.tell("some", blind.length, all.length) : "";
    if (all.length === 0) return "";
    const since = Math.max(0, ...all.map((card) => card.since ?? 0));
    return since > 0 ? this.tell("old", this.time(since)) : this.tell("never");
  }
}

export function define(noun, piece) {
  if (!customElements.get(`comptage-${noun}`)) customElements.define(`comptage-${noun}`, piece);
}

const isFresh = (card) => card.state === "live" && performance.now() - card.heardAt < OLD_SECONDS * 1000;

class Lanes extends Piece {
  get cameras() {
    return super.cameras.filter((card) => lanesOf(card).length > 0);
  }

  basins = [];

  // The pool's feed tells capacities, what is closed and, without a live stream, who swims.
  async load() {
    this.basins = (await this.feed.get("pool")).basins;
    for (const card of this.feed && !this.feed.isLive ? this.cameras : []) {
      const now = this.basinsOf(card).flatMap(({ lanes }) => lanes).filter(({ swimmers }) => swimmers !== null)
        .map(({ lane: zone, swimmers: count }) => ({ zone, count }));
      this.feed.hear({ camera: card.camera, now: now.length || this.feed.site.threshold ? now : null, objects: [] });
    }
  }

  basinsOf({ camera }) {
    return this.basins.filter((basin) => basin.camera === camera);
  }

  show = this.render;

  // Where small numbers are withheld, what is not told is not zero.
  count(card, name) {
    const here = (card.now ?? []).filter(({ zone }) => zone === name);
    return card.now && (here.length > 0 || !this.feed.site.threshold) ? sum(here.map(({ count }) => count)) : null;
  }

  told(card, count) {
    return count === null && card.now && this.feed.site.threshold ? `< ${this.feed.site.threshold}` : this.number(count);
  }

  state() {
    return [this.basins, this.cameras.map((card) => [card.now, card.objects])];
  }

  draw() {
    const head = (...words) => make("p", { class: "label" }, ...words);
    if (this.cameras.length === 0) return [head(this.tell("noLanes"))];
    return [head(`${this.tell("lanes")} `, make("span", { class: "soft" }, this.tell("now"))),
      ...this.cameras.flatMap((card) => [this.picture(card), this.list(card)])];
  }

  list(card) {
    const row = (words, count, { capacity_persons: most, state } = {}) => make("li", {}, `${words} `,
      make("b", {}, this.told(card, count)), most ? ` / ${most}` : "", state === "closed" ? ` · ${this.tell("closed")}` : "");
    const basins = this.basinsOf(card), said = basins.flatMap(({ lanes }) => lanes);
    const wholes = basins.filter(({ lanes }) => lanes.length > 1).map((basin) => {
      const counts = basin.lanes.map(({ lane }) => this.count(card, lane));
      return row(basin.title, counts.includes(null) ? null : sum(counts), basin);
    });
    return make("ul", {}, ...wholes, ...lanesOf(card).map((lane) => {
      const [, place] = lane.name.match(/^(?:lane|ligne|couloir)-(\w+)$/) ?? [];
      const name = place ? this.tell("lane", place) : title(lane.name);
      return row(name, this.count(card, lane.name), said.find((one) => one.lane === lane.name));
    }));
  }

  picture(card) {
    const lanes = lanesOf(card).map((lane) => ({ ...lane, corners: lane.polygon.map((corner) => onPlane(card, corner)) }));
    const corners = lanes.flatMap((lane) => lane.corners);
    const [left, right] = extent(corners.map(([x]) => x));
    const [top, bottom] = extent(corners.map(([, y]) => y));
    const shape = { viewBox: [left - 4, top - 4, right - left + 8, bottom - top + 8].join(" "), "aria-hidden": "true" };
    const dots = (card.objects ?? []).map(([, ...foot]) => onPlane(card, foot))
      .filter((foot) => lanes.some((lane) => isInside(foot, lane.corners)))
      .map(([cx, cy]) => make("circle", { class: "dot", cx, cy, r: 6 }));
    const counted = lanes.map((lane) => [lane, this.count(card, lane.name)]);
    return make("svg", shape, ...counted.map(([lane, count]) => water(lane, count)), ...dots,
      ...counted.map(([lane, count]) => sign(lane, this.told(card, count))));
  }
}

const lanesOf = (card) => card.zones.filter(({ kind }) => kind === "lane");
const onPlane = (card, [x, y]) => [x * 480, (y * 480 * card.size[1]) / card.size[0]];
const extent = (values) => [Math.min(...values), Math.max(...values)];

function water({ corners }, count) {
  const points = corners.map((corner) => corner.join(",")).join(" ");
  const depth = 0.1 + 0.65 * Math.min(1, (count ?? 0) / FULL);
  return make("g", {}, make("polygon", { class: "water", points }),
    make("polygon", { class: "lane", points, "fill-opacity": depth }));
}

// The number stands at the nearer end of the lane.
function sign({ corners }, words) {
  const [top, bottom] = extent(corners.map(([, y]) => y));
  const y = bottom - 22 - (bottom - top) * 0.02;
  const [left, right] = extent(cuts(y, corners));
  const x = (left + right) / 2;
  return make("g", {}, make("circle", { class: "sign", cx: x, cy: y, r: 16 }),
    make("text", { class: "lane-count", x, y: y + 7 }, words));
}

// Where a polygon's sides cross the height y.
function cuts(y, corners) {
  return corners.map((from, index) => [from, corners[(index + 1) % corners.length]])
    .filter(([from, to]) => from[1] < y !== to[1] < y)
    .map(([from, to]) => from[0] + ((to[0] - from[0]) * (y - from[1])) / (to[1] - from[1]));
}

const isInside = ([x, y], corners) => cuts(y, corners).filter((cut) => cut < x).length % 2 === 1;

define("lanes", Lanes);
