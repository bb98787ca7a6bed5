// One camera on the page: its state, its plane, the counters of its lines, who is in its zones now, and its day.

import { Bars } from "../common/bars.js";
import { Crossing } from "./crossing.js";
import { address, copy } from "../common/page.js";
import { Plane, asSeen, forwardOf } from "../common/plane.js";
import { icon } from "../common/shapes.js";
import { Usual } from "./usual.js";
import { language, number, percent, say, title } from "../common/words.js";

const OLD_SECONDS = 5;

// A list of one icon and number for each class that is there.
function listClasses(list, counts) {
  list.replaceChildren(
    ...counts.filter(([, count]) => count > 0).map(([name, count]) => {
      const item = document.createElement("li");
      const label = document.createElement("span");
      label.className = "unseen";
      label.textContent = `${say(name)} `;
      item.title = say(name);
      item.append(icon(name), label, number(count));
      return item;
    }),
  );
}

function renderFigure(element, value) {
  const text = number(value);
  if (element.textContent === text) return;
  const first = element.textContent === "";
  element.textContent = text;
  if (first) return;
  element.classList.remove("tick");
  void element.offsetWidth; // restarts the animation
  element.classList.add("tick");
}

export class Card {
  // Where the camera is on a plan, that is its plane.
  constructor(camera, day, zone, plan = null) {
    this.camera = camera;
    this.day = day;
    this.zone = zone;
    this.state = camera.state;
    this.heardAt = null;
    this.ways = new Map();
    this.zones = new Map();
    this.crossings = new Map();
    this.element = copy("camera-template");
    this.element.id = `camera-${camera.camera}`;
    this.element.classList.toggle("is-planned", plan !== null);
    if (plan) this.element.querySelector(".view").remove();
    this.plane = plan ?? new Plane(this.element.querySelector(".plane"), [camera], asSeen(camera), () => title(camera.camera));
    for (const line of camera.lines) this.element.querySelector(".lines").append(this.makeLine(line));
    for (const zone of camera.zones) this.element.querySelector(".zones").append(this.makeZone(zone));
    this.usual = new Usual(camera.camera, zone);
    this.bars = new Bars(this.element.querySelector(".today-chart"), { height: 150 });
    this.element.querySelector(".today").hidden = camera.lines.length === 0;
    this.translate();
  }

  makeLine(line) {
    const element = copy("line-template");
    element.querySelector("h3").textContent = title(line.name);
    const [fx, fy] = forwardOf(line, ...this.camera.size);
    const angle = (Math.atan2(fy, fx) * 180) / Math.PI;
    for (const direction of ["forward", "backward"]) {
      const way = copy("way-template");
      const turn = direction === "forward" ? angle : angle + 180;
      way.querySelector("path").setAttribute("transform", `rotate(${turn})`);
      this.ways.set(`${line.name}/${direction}`, { element: way, line, direction });
      element.append(way);
    }
    return element;
  }

  makeZone(zone) {
    const element = copy("zone-template");
    element.querySelector(".zone-name").textContent = title(zone.name);
    this.zones.set(zone.name, element);
    return element;
  }

  wayName({ line, direction }) {
    return line[direction] ?? say(direction);
  }

  translate() {
    this.element.querySelector("h2").textContent = title(this.camera.camera);
    this.element.querySelector(".zones").dataset.title = say("zones");
    for (const way of this.ways.values()) way.element.querySelector(".way-name").textContent = this.wayName(way);
    this.element.querySelector(".downloads").replaceChildren(`${say("download")} `, ...this.downloads());
    for (const crossing of this.crossings.values()) crossing.render();
    this.plane.drawMap();
    this.renderFigures();
    this.renderState();
    this.renderToday();
  }

  renderFigures() {
    this.renderTotals();
    this.renderZones();
  }

  downloads() {
    const nouns = ["counts", "occupancy"].filter((noun) => this.camera[noun === "counts" ? "lines" : "zones"].length);
    return nouns.flatMap((noun) => [`${say(noun)} `, this.download(noun, "csv"), " ", this.download(noun, "json"), " "]);
  }

  download(noun, format) {
    const link = document.createElement("a");
    link.href = address(noun, { from: this.day.start, step: "15m", camera: this.camera.camera, format });
    link.textContent = format.toUpperCase();
    link.setAttribute("aria-label", `${say(noun)}, ${title(this.camera.camera)}, ${format.toUpperCase()}`);
    return link;
  }

  show(snapshot) {
    this.heardAt = performance.now();
    this.snapshot = snapshot;
    this.plane.show(snapshot);
    this.renderZones();
  }

  renderZones() {
    for (const [name, element] of this.zones) {
      const here = this.camera.classes.map((className) => [className, this.present(name, className)]);
      const all = this.snapshot ? here.reduce((sum, [, count]) => sum + count, 0) : null;
      renderFigure(element.querySelector(".zone-now"), all);
      listClasses(element.querySelector(".zone-classes"), here);
      const most = this.day.maximum(this.camera.camera, name);
      element.querySelector(".zone-most").textContent = most === null ? "" : say("most", number(Math.max(most, all)));
    }
  }

  present(zone, className) {
    return this.snapshot?.zones.find((here) => here.zone === zone && here.class === className)?.count ?? 0;
  }

  renderTotals() {
    for (const [key, { element, line, direction }] of this.ways) {
      const counts = this.camera.classes.map((name) =>
        [name, this.day.total(this.camera.camera, line.name, direction, name)]);
      const known = counts.filter(([, count]) => count !== null);
      const total = known.length === 0 ? null : known.reduce((sum, [, count]) => sum + count, 0);
      this.ways.get(key).total = total;
      renderFigure(element.querySelector(".way-total"), total);
      element.querySelector(".way-total").title = say("today");
      listClasses(element.querySelector(".way-classes"), known);
    }
    const share = this.day.coverage(this.camera.camera);
    this.element.querySelector(".camera-seen").textContent =
      share ? say("seenToday", percent(share)) : say("unseenToday");
  }

  // Its day, once it comes into sight and then from time to time: a place of fifty cameras would ask for much.
  async loadToday() {
    if (!this.isInSight || this.camera.lines.length === 0) return;
    await this.usual.load();
    this.renderToday();
  }

  renderToday() {
    const { hours } = this.usual;
    if (hours === null) return;
    const clock = new Intl.DateTimeFormat(language, { hour: "numeric", timeZone: this.zone });
    const weekday = new Intl.DateTimeFormat(language, { weekday: "long", timeZone: this.zone }).format(new Date());
    const bins = hours.map((hour) => ({
      label: clock.format(hour.start), title: clock.format(hour.start), coverage: hour.coverage, usual: hour.usual,
      values: new Map([["all", hour.count]]), future: hour.start > new Date(),
    }));
    this.bars.show(bins, [{ name: "all", colour: "var(--bar)" }], say("dayChart", title(this.camera.camera)));
    const { ratio, weeks } = this.usual;
    const share = ratio === null ? 0 : Math.round(Math.abs(ratio - 1) * 100) / 100;
    const compared = share === 0 ? say("same") : say(ratio > 1 ? "more" : "less", percent(share));
    const words = weeks === 0 ? [say("noUsual", weekday)] : [...(ratio === null ? [] : [compared]), say("usualDay", weeks, weekday)];
    this.element.querySelector(".today-words").textContent = words.join(" · ");
  }

  cross(told) {
    if (!this.crossings.has(told.crossing)) {
      const crossing = new Crossing(told.crossing);
      this.crossings.set(told.crossing, crossing);
      this.element.querySelector(".crossings").append(crossing.element);
    }
    this.crossings.get(told.crossing).show(told);
  }

  pass(passage) {
    this.plane.flash(passage.camera, passage.line);
    this.usual.pass();
    this.renderToday();
    this.renderTotals();
    const way = this.ways.get(`${passage.line}/${passage.direction}`);
    return way ? say("passage", title(passage.line), this.wayName(way), number(way.total)) : "";
  }

  // What is shown of the camera's state: a live camera that has not been heard of for a while has old data.
  renderState() {
    for (const crossing of this.crossings.values()) crossing.render();
    const pill = this.element.querySelector(".pill");
    const seconds = this.heardAt === null ? null : Math.floor((performance.now() - this.heardAt) / 1000);
    const isOld = seconds !== null && seconds >= OLD_SECONDS;
    const shown = this.state === "live" && (isOld || seconds === null) ? "old" : this.state;
    const words = shown === "old" ? (isOld ? say("old", seconds) : say("never")) : say(shown);
    if (pill.textContent !== words) pill.textContent = words;
    pill.dataset.state = shown;
    this.element.classList.toggle("is-old", shown !== "live");
    const note = this.element.querySelector(".plane-note");
    if (note) {
      note.hidden = shown === "live";
      note.textContent = words;
    } else if (isOld) {
      this.plane.forget(this.camera.camera);
    }
  }
}
