// The place as the touch screen knows it: its cameras, what they see and have just seen, today's totals, and how old
// all of it is. It listens for weeks, so everything that it remembers is bounded.

import { Day } from "../common/day.js";

export const REMEMBERED_SECONDS = 120;
const BETWEEN_SECONDS = 2; // of what is remembered
const OLD_SECONDS = 15;
const SILENT_SECONDS = 30; // after which a stream is taken for dead, whatever the browser thinks of it
const RELOAD_SECONDS = 60;
const SETTLE_SECONDS = 5; // the first totals are asked again so soon, for what was being written meanwhile
const RETRY_SECONDS = 3;

const sum = (values) => values.reduce((total, value) => total + value, 0);
const sumKnown = (values) => {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? sum(known) : null;
};
const still = ({ camera, size, classes, lines, zones }) => JSON.stringify([camera, size, classes, lines, zones]);

export class Place {
  constructor(changed) {
    this.changed = changed; // called when there is something else to show
    this.site = null;
    this.cameras = [];
    this.stream = null;
    this.heardAt = -Infinity;
    this.start();
  }

  async start() {
    try {
      const [{ sites: [site] }, { cameras }] = await Promise.all([this.ask("sites"), this.ask("cameras")]);
      this.day = new Day(site.today);
      this.cameras = cameras.map((card) => ({
        card, name: card.camera, state: card.state, heardAt: card.ready ? performance.now() : -Infinity,
        since: card.last_seen === null ? null : Date.parse(card.last_seen), newest: null, memory: [],
      }));
      this.site = site;
      this.listen();
      setInterval(() => this.beat(), 1000);
    } catch {
      setTimeout(() => this.start(), RETRY_SECONDS * 1000);
    }
    this.changed("place");
  }

  async ask(noun, asked = {}) {
    const answer = await fetch(`api/v1/${noun}?${new URLSearchParams(asked)}`, { headers: { Accept: "application/json" } });
    if (answer.status === 401) location.assign("sign-in.html");
    if (!answer.ok) throw new Error(`${noun}: ${answer.status}`);
    return answer.json();
  }

  listen() {
    this.stream?.close();
    this.triedAt = performance.now();
    this.stream = new EventSource("api/v1/live");
    const on = (kind, handle) => this.stream.addEventListener(kind, (event) => {
      this.heardAt = performance.now();
      const news = JSON.parse(event.data);
      const camera = this.cameras.find(({ name }) => name === news.camera);
      if (camera) handle(camera, news);
    });
    on("snapshot", (camera, snapshot) => this.see(camera, snapshot));
    on("passage", (_, passage) => {
      this.day.pass(passage);
      this.changed("totals");
    });
    on("state", (camera, { state }) => {
      camera.state = state;
    });
    this.stream.addEventListener("lost", () => this.load());
    this.stream.addEventListener("open", () => {
      this.load();
      setTimeout(() => this.load(), SETTLE_SECONDS * 1000);
    });
  }

  see(camera, snapshot) {
    camera.heardAt = performance.now();
    camera.since = snapshot.utc * 1000;
    camera.newest = snapshot;
    const last = camera.memory.at(-1);
    if (last && snapshot.utc < last.utc) camera.memory = []; // the box's clock was set back
    if (!last || Math.abs(snapshot.utc - last.utc) >= BETWEEN_SECONDS) {
      camera.memory = camera.memory.filter(({ utc }) => utc > snapshot.utc - REMEMBERED_SECONDS);
      camera.memory.push(snapshot);
    }
    this.changed("snapshot", camera);
  }

  // Today's totals; and whether the place is still what it was, since a new site file asks for a new page.
  async load() {
    this.loadedAt = performance.now();
    try {
      const [{ sites: [site] }, { cameras }] = await Promise.all([this.ask("sites"), this.ask("cameras")]);
      const before = this.cameras.map(({ card }) => still(card));
      if (JSON.stringify(cameras.map(still)) !== JSON.stringify(before)) location.reload();
      if (site.today !== this.day.start) this.day = new Day(site.today);
      await this.day.load();
      this.changed("totals");
    } catch {
      // The figures stay; that they are old is said once nothing more is heard.
    }
  }

  beat() {
    const now = performance.now();
    const isDead = this.stream.readyState === EventSource.CLOSED;
    const silence = now - Math.max(this.heardAt, this.triedAt);
    if ((isDead && now - this.triedAt > RETRY_SECONDS * 1000) || silence > SILENT_SECONDS * 1000) this.listen();
    if (now - this.loadedAt > RELOAD_SECONDS * 1000) this.load();
    this.changed("beat");
  }

  isFresh(camera) {
    return camera.state === "live" && performance.now() - camera.heardAt < OLD_SECONDS * 1000;
  }

  get isOld() {
    return !this.cameras.some((camera) => this.isFresh(camera));
  }

  // When anything was last seen, in milliseconds since 1970; null before the first time.
  get since() {
    return this.cameras.reduce((latest, { since }) => (since > latest ? since : latest), null);
  }

  get classes() {
    return [...new Set(this.cameras.flatMap(({ card }) => card.classes))];
  }

  // How many of a class are seen now; null where that is not told.
  present(camera, className) {
    if (camera.newest === null || this.site.threshold) return null;
    return camera.newest.objects.filter(([name]) => name === className).length;
  }

  total(className, cameras = this.cameras) {
    return sumKnown(cameras.flatMap(({ name, card }) => card.lines.flatMap((line) =>
      ["forward", "backward"].map((direction) => this.day.total(name, line.name, direction, className)))));
  }

  // Passages of a class hour by hour since midnight: [{ start, count }], with null for what was not seen.
  async hours(className) {
    const { rows } = await this.ask("counts", { from: this.site.today, step: "1h", class: className });
    const hours = new Map();
    for (const { start, count } of rows) hours.set(start, sumKnown([hours.get(start) ?? null, count]));
    return [...hours].map(([start, count]) => ({ start: Date.parse(start), count }));
  }

  // From where to where they went today, in one camera's view: [{ origin, destination, class, count }].
  async movements(camera) {
    const { rows } = await this.ask("movements", { camera: camera.name, from: this.site.today, step: "whole" });
    return rows.filter((row) => row.count > 0 && row.origin !== row.destination);
  }
}
